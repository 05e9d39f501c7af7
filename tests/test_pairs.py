"""No silent difference: our PD is the library's own to a millionth, or there is one line, whatever comes in."""

from collections import Counter

import pairs
import pytest

SOME, MANY, BLOCK = 150, 3000, 500


def all_of(seeds, folder):
    """How the pairs ended; what a way in must take is not refused."""
    ends = Counter()
    for seed in seeds:
        ended = pairs.tried(seed, folder)
        assert ended.gap is None or ended.gap <= 1e-6, ended
        ends["equal" if ended.refusal is None else "refused"] += 1
    return ends


def test_a_random_model_scores_as_its_library_does_or_is_refused_in_one_line(tmp_path):
    ends = all_of(range(SOME), tmp_path)
    assert ends["equal"] >= 0.85 * SOME, ends


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("first", range(SOME, SOME + MANY, BLOCK))
def test_so_do_many(first, tmp_path):
    ends = all_of(range(first, first + BLOCK), tmp_path)
    assert ends["equal"] >= 0.85 * BLOCK, ends
