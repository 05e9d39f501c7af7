"""A budget becomes the largest share that keeps within it; what no model could have is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import RiskModelError
from riskmodel.workflows.prune.size import Size, largest

WHOLE = 5000


def cuts(asked):
    """Cut models that are their own shares, and which shares were asked for."""

    def made(keeps):
        asked.extend(keeps)
        return iter(keeps)

    return made


def trees(share, _unit):
    """Seven hundred trees, that go slowly at first."""
    return max(3, round(700 * share**0.5))


@given(st.integers(27, 2000))
def test_the_share_keeps_within_the_budget_and_little_more_would_not(most):
    asked = []
    share = largest(("trees", most), WHOLE, cuts(asked), trees)
    assert trees(share, "trees") <= most
    above = min((other for other in asked if other > share), default=None)
    assert (above is None) == (share == 1)
    if above is not None:
        assert trees(above, "trees") > most
        assert above <= share * 8 / 7


def test_a_budget_below_the_smallest_cut_is_told_with_what_is_possible():
    with pytest.raises(RiskModelError, match="trees must be at least 27, the fewest that pruning reaches, however: 26"):
        largest(("trees", 26), WHOLE, cuts([]), trees)


def test_no_size_of_less_than_two_leaves_is_tried():
    asked = []
    with pytest.raises(RiskModelError, match="at least"):
        largest(("trees", 1), 60, cuts(asked), trees)
    assert min(asked) * 60 >= 2


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (Size(keep=0.5, trees=3), "keep and trees each set the size"),
        (Size(nodes=5, bytes=3), "nodes and bytes each set the size"),
        (Size(nodes=0), "nodes must be at least 1, however: 0"),
        (Size(bytes=-4), "bytes must be at least 1, however: -4"),
        (Size(keep=2.0), "keep must be in"),
        (Size(margin=1.0), "margin must be in"),
    ],
)
def test_sizes_that_cannot_be_are_told(size, message):
    with pytest.raises(RiskModelError, match=message):
        size.check()


def test_a_number_of_leaves_is_a_share_and_the_margin_is_none():
    assert Size(leaves=30).share(120) == 0.25
    assert Size(keep=0.3).share(120) == 0.3
    assert Size(margin=0.01).share(120) is None
    assert Size(leaves=30).budget is None
    assert Size(trees=9).budget == ("trees", 9)
