"""The rule that chooses: worth is a condition, time decides, size settles ties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Change, Difference, Evaluation, Interval, Timing, Verdict
from riskmodel.selection import Budget, budget_verdict, choose, pareto, verdicts
from riskmodel.stats.holm import holm


def exact(value: float) -> Interval:
    return Interval(value, value, value)


def timing(batch: int, us: float, p99: Interval | None = None) -> Timing:
    return Timing(batch, exact(us), exact(us), p99 or exact(us), exact(us / 2))


def change(name: str, p_value: float = 0.0, verdict: Verdict = Verdict.NON_INFERIOR) -> Change:
    """A challenger that is fine in Brier; `p_value` and `verdict` are of its AUC."""
    fine = Difference(0.0, 0.001, -0.001, 0.001, 0.005, 0.0, 0.002, Verdict.NON_INFERIOR)
    auc = Difference(-0.0012, 0.001, -0.0031, 0.0007, 0.005, p_value, 0.002, verdict)
    return Change(name, "full", "selection", {"auc": auc, "brier": fine})


class Case:
    """A champion of 100 µs and 1,000 bytes, and challengers beside it."""

    def __init__(self) -> None:
        self.evaluations: dict[str, Evaluation] = {}
        self.changes: dict[str, Change] = {}
        self.timings: dict[str, dict[int, Timing]] = {}
        self.cost: dict[str, float] = {}
        self.add("full", 100, 1_000)
        del self.changes["full"]

    def add(
        self, name: str, us: float, size: float, *, auc: float = 0.78, single: float = 5, verdict=Verdict.NON_INFERIOR
    ) -> Case:
        self.evaluations[name] = Evaluation(name, "selection", 900, 200, {"auc": exact(auc)})
        self.changes[name] = change(name, 0.0 if verdict is Verdict.NON_INFERIOR else 0.6, verdict)
        self.timings[name] = {1: timing(1, single), 10_000: timing(10_000, us)}
        self.cost[name] = size
        return self

    def choose(self, decide_on="batch", budget_us=None):
        return choose(
            "full",
            evaluations=self.evaluations,
            changes=self.changes,
            timings=self.timings,
            decide_on=decide_on,
            budget_us=budget_us,
            cost=self.cost,
        )


# ------------------------------------------------------------------------------------------- verdicts


def test_holm_on_an_example_by_hand():
    """Sorted 0.01, 0.02, 0.03, 0.04 are multiplied by 4, 3, 2, 1 and may not fall."""
    found = holm({"b": 0.02, "d": 0.04, "a": 0.01, "c": 0.03})
    assert found == pytest.approx({"b": 0.06, "d": 0.06, "a": 0.04, "c": 0.06})


def test_holm_lies_between_one_test_and_bonferroni():
    p_values = np.random.default_rng(0).beta(0.3, 3, 40)
    found = np.array(list(holm({str(i): float(p) for i, p in enumerate(p_values)}).values()))
    assert (found >= p_values).all()
    assert (found <= np.minimum(1, 40 * p_values) + 1e-12).all()


def test_no_challengers_have_no_verdicts():
    assert verdicts({}) == {}


def test_a_p_value_that_passes_alone_may_not_pass_among_many():
    alone = {"a": change("a", 0.03)}
    among = {**alone, "b": change("b", 0.4, Verdict.INCONCLUSIVE)}
    assert verdicts(alone)["a"] is Verdict.NON_INFERIOR
    assert verdicts(among)["a"] is Verdict.INCONCLUSIVE


def test_inferior_in_one_figure_is_inferior():
    assert verdicts({"a": change("a", 0.99, Verdict.INFERIOR)}) == {"a": Verdict.INFERIOR}


# --------------------------------------------------------------------------------------------- choice


def test_the_fastest_of_the_non_inferior_is_chosen():
    case = Case().add("half", 60, 500).add("tenth", 25, 100)
    case.add("lossy", 5, 10, verdict=Verdict.INFERIOR).add("doubtful", 6, 10, verdict=Verdict.INCONCLUSIVE)
    found = case.choose()
    assert found.chosen == "tenth"
    assert found.verdicts["lossy"] is Verdict.INFERIOR
    assert found.reason == (
        "tenth is chosen. Shown to be no worse within the margins: 2 of 4 challengers; this one is 4 times as fast "
        "as full, at 0.1 of its size. Its AUC differs by -0.0012 (lower bound -0.0031, margin 0.005)."
    )


def test_the_champion_stays_when_none_is_shown_to_be_no_worse():
    found = Case().add("lossy", 5, 10, verdict=Verdict.INFERIOR).choose()
    assert found.chosen == "full"
    assert found.reason == "full stays. Shown to be no worse within the margins: 0 of 1 challengers."


def test_the_champion_stays_alone():
    assert Case().choose().chosen == "full"


def test_the_champion_stays_when_the_non_inferior_are_slower():
    found = Case().add("slow", 130, 10).choose()
    assert found.chosen == "full"
    assert found.reason.endswith("1 of 1 challengers, none of them a better choice by time or size.")


@pytest.mark.parametrize(("a", "b"), [(40, 42), (42, 40), (40, 44)])
def test_within_ten_percent_the_smaller_wins_whatever_the_clock_says(a, b):
    assert Case().add("big", a, 300).add("small", b, 200).choose().chosen == "small"


def test_beyond_ten_percent_the_clock_decides():
    assert Case().add("big", 40, 300).add("small", 44.1, 200).choose().chosen == "big"


def test_equal_time_and_size_go_by_name():
    assert Case().add("b", 40, 300).add("a", 40, 300).choose().chosen == "a"


def test_as_fast_as_the_champion_and_smaller_is_chosen_with_that_reason():
    found = Case().add("small", 101, 200).choose()
    assert found.chosen == "small"
    assert "this one is as fast as full within 10 %, at 0.2 of its size" in found.reason


def test_as_fast_as_the_champion_but_larger_is_not():
    assert Case().add("large", 99, 2_000).choose().chosen == "full"


def test_single_applications_may_decide():
    case = Case().add("batchy", 20, 500, single=9).add("nimble", 90, 500, single=2)
    assert case.choose("batch").chosen == "batchy"
    assert case.choose("single").chosen == "nimble"


def test_what_clearly_misses_the_budget_is_out():
    found = Case().add("batchy", 20, 500, single=9).add("nimble", 70, 500, single=2).choose(budget_us=6)
    assert found.chosen == "nimble"
    assert "budget" not in found.reason


def test_a_champion_that_misses_the_budget_gives_way_to_a_slower_batch():
    case = Case().add("nimble", 140, 500, single=2)
    case.timings["full"][1] = timing(1, 9)
    found = case.choose(budget_us=6)
    assert found.chosen == "nimble"
    assert "the fastest that does not clearly miss the budget" in found.reason
    assert found.reason.endswith("full misses the budget of 6 µs for one application.")


def test_when_all_miss_the_budget_it_is_said_and_the_fastest_is_chosen():
    found = Case().add("half", 50, 500).choose(budget_us=0.5)
    assert found.chosen == "half"
    assert found.reason.endswith("None of these meets the budget of 0.5 µs for one application.")


@pytest.mark.parametrize(
    ("p99", "budget", "verdict"),
    [
        (Interval(5, 4, 6), 6, Budget.MET),
        (Interval(5, 4, 6), 5.9, Budget.INCONCLUSIVE),
        (Interval(5, 4, 6), 4, Budget.INCONCLUSIVE),
        (Interval(5, 4, 6), 3.9, Budget.NOT_MET),
        (Interval(5, 4, float("inf")), 1e9, Budget.INCONCLUSIVE),
        (Interval(5, 4, 6), None, Budget.MET),
    ],
)
def test_a_budget_is_met_only_when_the_whole_interval_is_under_it(p99, budget, verdict):
    assert budget_verdict({1: timing(1, 3, p99), 100: timing(100, 1)}, budget) is verdict


def test_a_budget_for_one_application_says_nothing_without_its_time():
    assert budget_verdict({100: timing(100, 1)}, 5.0) is Budget.INCONCLUSIVE


# ---------------------------------------------------------------------------------------------- front


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


def test_a_trade_off_shows_the_front_of_all_variants_and_not_only_of_the_non_inferior():
    case = Case().add("half", 60, 500, auc=0.77).add("lossy", 5, 10, auc=0.6, verdict=Verdict.INFERIOR)
    assert case.choose().front == ("lossy", "half", "full")
