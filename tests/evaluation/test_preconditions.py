"""What every test asks before it looks: equal lengths, nothing missing, enough rows and events."""

import numpy as np
import pytest

from riskmodel.core.evidence import Evidence, Mark, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.preconditions import evidence

TEST = Method("outcomes.slope", "Slope", "f", "s", "a")


def judged(calls, **asked):
    @evidence(TEST, **asked)
    def test(default, pd, limits, clusters=None, masks=None, perturbed=None):  # noqa: PLR0917
        """A test of its own."""
        calls.append((default, clusters, masks, perturbed, pd))
        return Evidence(TEST, Mark.PASS, "", len(default))

    return test


def rows(count, bads):
    return np.r_[np.ones(bads, np.int8), np.zeros(count - bads, np.int8)], np.linspace(0.1, 0.4, count)


def test_the_body_is_called_with_what_was_given_and_keeps_its_name(limits):
    calls = []
    test = judged(calls, min_rows=True, min_bads=True)
    assert (test.__name__, test.__doc__) == ("test", "A test of its own.")
    assert test(*rows(400, 100), limits).mark is Mark.PASS
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("asked", "count", "bads", "said"),
    [
        ({"min_rows": True}, 3, 1, "3 rows; at least {least_rows} are needed."),
        ({"min_bads": True}, 400, 3, "3 bads and 397 goods; at least {least_bads} of each are needed."),
        ({"min_bads": True}, 400, 398, "398 bads and 2 goods; at least {least_bads} of each are needed."),
        ({"min_rows": True, "min_bads": True}, 3, 1, "3 rows; at least {least_rows} are needed."),
    ],
)
def test_too_little_is_not_evaluated_and_the_body_not_called(limits, asked, count, bads, said):
    calls = []
    result = judged(calls, **asked)(*rows(count, bads), limits)
    least = {name: int(limits.setting(name)) for name in ("least_rows", "least_bads")}
    assert (result.mark, result.reason, result.rows, result.bads) == (
        Mark.NOT_EVALUATED,
        said.format(**least),
        count,
        bads,
    )
    assert calls == []


def test_what_is_not_asked_is_not_refused(limits):
    calls = []
    judged(calls)(*rows(3, 1), limits)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pd": np.array([0.1, 0.2])}, r"^pd must have 4 rows as default has, however: shape \(2,\)$"),
        ({"pd": np.array([0.1, np.nan, 0.2, np.nan])}, "^pd must have no missing value, however: row 1$"),
        ({"default": np.array([0, 1, 2, 0])}, "^default must be 0 or 1, however: 2$"),
        ({"masks": {"sex=f": np.ones(3, bool)}}, "^masks sex=f must have 4 rows as default has"),
        ({"perturbed": {"noise": np.ones(5)}}, "^perturbed noise must have 4 rows as default has"),
        ({"clusters": np.arange(3)}, r"^clusters must have 4 rows as default has, however: shape \(3,\)$"),
        ({"clusters": np.zeros(4, int)}, "^rows must be of two clusters or more, however: 1$"),
    ],
)
def test_columns_that_do_not_belong_together_are_refused(limits, changes, said):
    given = {"default": np.array([0, 1, 0, 1]), "pd": np.full(4, 0.2), **changes}
    with pytest.raises(DataError, match=said):
        judged([])(**given, limits=limits)


def test_labels_of_clusters_become_codes(limits):
    calls = []
    judged(calls)(*rows(4, 2), limits, clusters=np.array(["b", "a", "b", "c"]))
    assert calls[0][1].tolist() == [1, 0, 1, 2]
