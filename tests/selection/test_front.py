"""The Pareto front of AUC and cost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.selection import pareto


def test_the_front_holds_what_nothing_beats_fastest_first():
    auc = {"full": 0.80, "half": 0.79, "worse half": 0.78, "slow half": 0.79, "tiny": 0.70, "twin of tiny": 0.70}
    time = {"full": 9.0, "half": 5.0, "worse half": 5.0, "slow half": 6.0, "tiny": 1.0, "twin of tiny": 1.0}
    assert pareto(auc, time) == ("tiny", "twin of tiny", "half", "full")


POINT = st.tuples(st.integers(0, 5), st.integers(1, 6))


@settings(deadline=None)
@given(st.lists(POINT, min_size=1, max_size=12))
def test_the_front_is_not_empty_and_rises(points):
    auc = {str(i): float(point[0]) for i, point in enumerate(points)}
    time = {str(i): float(point[1]) for i, point in enumerate(points)}
    front = pareto(auc, time)
    assert front
    assert [auc[name] for name in front] == sorted(auc[name] for name in front)
    for name in auc.keys() - set(front):
        assert any(auc[other] >= auc[name] and time[other] <= time[name] for other in front)
