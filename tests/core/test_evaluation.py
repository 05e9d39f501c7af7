"""A change is no better than its weakest figure, and a time is rows a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.core import Change, Choice, Difference, Interval, Timing, TradeOff, Verdict

P_VALUES = st.dictionaries(st.sampled_from(["auc", "brier", "log_loss", "mean_pd"]), st.floats(0, 1), min_size=1)


def difference(p_value=0.5, delta=0.0, error=0.01):
    return Difference(delta, error, delta - error, delta + error, 0.01, p_value, 0.02, Verdict.INCONCLUSIVE)


@given(P_VALUES)
def test_the_joint_p_value_is_the_largest_and_names_its_figure(p_values):
    change = Change("a", "b", "selection", {name: difference(p) for name, p in p_values.items()})
    assert change.p_value == max(p_values.values())
    assert p_values[change.decided_by] == change.p_value


@pytest.mark.parametrize(
    ("figures", "identical"),
    [
        ({"auc": (0.0, 0.0), "brier": (0.0, 0.0)}, True),
        ({"auc": (0.0, 0.0), "brier": (0.0, 1e-12)}, False),  # rows differ, their mean by chance does not
        ({"auc": (1e-12, 0.0), "brier": (0.0, 0.0)}, False),
        ({"auc": (0.0, 0.01), "brier": (0.0, 0.01)}, False),
    ],
)
def test_identical_is_what_no_row_tells_apart(figures, identical):
    differences = {name: difference(delta=delta, error=error) for name, (delta, error) in figures.items()}
    assert Change("a", "b", "selection", differences).identical is identical


def test_rows_a_second_are_those_of_the_median_call():
    times = (Interval(250.0, 200.0, 300.0), Interval(400.0, 300.0, 500.0), Interval(900.0, 800.0, 999.0))
    assert Timing(1000, *times, Interval(1.0, 1.0, 1.0)).rows_per_second == pytest.approx(4e6)


def test_the_test_sample_is_asked_for_the_champion_and_the_chain():
    trade_off = TradeOff("full", {}, {}, {}, {}, (), "full", "", chain=("half", "tenth"))
    assert trade_off.choice == Choice("full", ("half", "tenth"))


def test_a_verdict_is_written_as_a_reader_says_it():
    assert [str(verdict) for verdict in Verdict] == ["non-inferior", "inferior", "inconclusive"]


@pytest.mark.parametrize(
    ("chain", "together", "families"),
    [
        ((), 1, ()),
        (("a",), 1, (("a",),)),
        (("a", "b", "c"), 1, (("a",), ("b",), ("c",))),
        (("a", "b", "c"), 2, (("a",), ("b", "c"))),
        (("a", "b", "c"), 3, (("a", "b", "c"),)),
        (("a", "b"), 5, (("a", "b"),)),
    ],
)
def test_a_chain_is_tested_one_by_one_and_its_end_together(chain, together, families):
    trade_off = TradeOff("full", {}, {}, {}, {}, (), "full", "", chain=chain, together=together)
    assert trade_off.families == families
    assert [name for family in trade_off.families for name in family] == list(chain)


@given(P_VALUES)
def test_a_change_of_one_figure_is_as_good_as_that_figure(p_values):
    for name, p in p_values.items():
        assert Change("a", "b", "selection", {name: difference(p)}).p_value == p
        assert Change("a", "b", "selection", {name: difference(p)}).decided_by == name


@given(st.integers(1, 10**6), st.floats(0.1, 1e9))
def test_twice_the_time_is_half_the_rows_a_second(batch, microseconds):
    def rate(time):
        one = Interval(time, time, time)
        return Timing(batch, one, one, one, one).rows_per_second

    assert rate(microseconds) == pytest.approx(2 * rate(2 * microseconds))
    assert rate(microseconds) * microseconds == pytest.approx(batch * 1e6)
