"""No silent difference: our PD is the library's own to a millionth, or there is one line, whatever comes in."""

from collections import Counter

import pairs
import pytest

SOME, MANY = 120, 3000


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
    assert ends["equal"] >= 0.9 * SOME, ends


@pytest.mark.slow
def test_so_do_many(tmp_path):
    ends = all_of(range(SOME, SOME + MANY), tmp_path)
    assert ends["equal"] >= 0.9 * MANY, ends
