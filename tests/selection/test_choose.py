"""The rule that chooses: worth is a condition, an exact cost decides, the sealed sample confirms, no clock speaks."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from riskmodel.core import Change, Difference, Evaluation, Interval, Timing, TradeOff, Verdict
from riskmodel.selection import MACHINE, Budget, budget_verdict, conclude, propose, record, verdict, verdicts
from riskmodel.selection.choose import Worth


def exact(value: float) -> Interval:
    return Interval(value, value, value)


def timing(batch: int, us: float, p99: Interval | None = None) -> Timing:
    return Timing(batch, exact(us), exact(us), p99 or exact(us), exact(us / 2))


def change(name: str, p_value: float = 0.0, sample: str = "selection", verdict: Verdict | None = None) -> Change:
    """A challenger that is fine in Brier; `p_value` and `verdict` are of its AUC."""
    fine = Difference(0.0, 0.001, -0.001, 0.001, 0.005, 0.0, 0.002, Verdict.NON_INFERIOR)
    own = verdict or (Verdict.NON_INFERIOR if p_value < 0.05 else Verdict.INCONCLUSIVE)
    auc = Difference(-0.0012, 0.001, -0.0031, 0.0007, 0.005, p_value, 0.002, own)
    return Change(name, "full", sample, {"auc": auc, "brier": fine})


class Case:
    """A champion of cost 1,000, and challengers beside it."""

    def __init__(self) -> None:
        self.evaluations = {"full": self.evaluation("full", 0.78)}
        self.changes: dict[str, Change] = {}
        self.trials: dict[str, Change] = {}
        self.timings: dict[str, dict[int, Timing]] = {"full": {1: timing(1, 5)}}
        self.cost: dict[str, float] = {"full": 1_000}

    @staticmethod
    def evaluation(name: str, auc: float) -> Evaluation:
        return Evaluation(name, "selection", 900, 200, {"auc": exact(auc)})

    def add(self, name, cost, p=0.0, on_test=0.0, *, auc=0.78, single=5.0, verdict=None) -> Case:
        """`p` is on selection."""
        self.evaluations[name] = self.evaluation(name, auc)
        self.changes[name] = change(name, p, verdict=verdict)
        self.trials[name] = change(name, on_test, "test")
        self.timings[name] = {1: timing(1, single)}
        self.cost[name] = cost
        return self

    def propose(self, **worth) -> TradeOff:
        given = {"evaluations": self.evaluations, "changes": self.changes, "timings": self.timings, "cost": self.cost}
        return propose("full", **given, worth=Worth(**worth))

    def choose(self, **worth) -> TradeOff:
        return conclude(self.propose(**worth), self.trials)


def ladder(**on_test) -> Case:
    """Three sizes, whose evidence on selection weakens."""
    case = Case()
    for name, cost, p in (("half", 500, 1e-9), ("quarter", 250, 1e-5), ("tenth", 100, 0.02)):
        case.add(name, cost, p, on_test.get(name, 0.001))
    return case


# ------------------------------------------------------------------------------------------- verdicts


def test_no_challengers_have_no_verdicts():
    assert verdicts({}) == {}


def test_a_p_value_that_passes_alone_may_not_pass_among_many():
    alone = {"a": change("a", 0.03)}
    among = {**alone, "b": change("b", 0.4)}
    assert verdicts(alone)["a"] is verdict(alone["a"]) is Verdict.NON_INFERIOR
    assert verdicts(among)["a"] is Verdict.INCONCLUSIVE


def test_inferior_in_one_figure_is_inferior():
    assert verdict(change("a", 0.99, verdict=Verdict.INFERIOR)) is Verdict.INFERIOR


def test_the_figure_that_decides_is_the_one_with_the_weakest_evidence():
    assert change("a", 0.03).decided_by == "auc"


# --------------------------------------------------------------------------------------------- choice


def test_the_last_link_that_is_confirmed_is_chosen():
    made = ladder().choose()
    assert made.chain == made.choice.chain == ("half", "quarter", "tenth")
    assert made.chosen == "tenth"
    assert made.reason == (
        "tenth is chosen: 10 times less work than full (100 of 1,000). On test its AUC differs by -0.0012 (lower bound "
        "-0.0031, margin 0.005). The test sample was asked, in this order, of half (non-inferior), quarter "
        "(non-inferior), tenth (non-inferior)."
    )


def test_an_identical_challenger_is_called_identical_and_no_gain_in_worth():
    case = Case().add("lossless", 400)
    same = Difference(0.0, 0.0, 0.0, 0.0, 0.005, 0.0, 0.0, Verdict.NON_INFERIOR)
    case.trials["lossless"] = Change("lossless", "full", "test", {"auc": same, "brier": same})
    made = case.choose()
    assert made.chosen == "lossless"
    assert made.reason.endswith("in this order, of lossless (identical).")
    assert not ladder().choose().trials["half"].identical


def test_the_chain_ends_at_the_first_failure_and_nobody_looks_beyond():
    made = ladder(quarter=0.06, tenth=0.0).choose()
    assert made.chosen == "half"
    assert list(made.trials) == ["half", "quarter"]
    assert "quarter (inconclusive in AUC: bound -0.0031, margin 0.005)" in made.reason


def rivals(**on_test) -> Case:
    """Three of one cost that selection is sure of, behind one that is dearer."""
    case = Case()
    for name, cost, p in (("half", 500, 1e-9), ("tenth", 100, 0.001), ("rival", 105, 0.004), ("third", 110, 0.005)):
        case.add(name, cost, p, on_test.get(name, 0.001))
    return case


def test_the_cheapest_is_asked_about_together_with_its_rivals():
    made = rivals(tenth=0.2).choose()
    assert made.families == (("half",), ("tenth", "rival", "third"))
    assert made.chosen == "rival"
    assert made.reason.endswith(
        "in this order, of half (non-inferior), tenth (inconclusive in AUC: bound -0.0031, margin 0.005) and rival "
        "(non-inferior) and third (non-inferior) together, by Holm."
    )


def test_what_would_pass_alone_may_not_pass_beside_its_rivals():
    made = rivals(tenth=0.03, rival=0.03, third=0.03).choose()
    assert made.chosen == "half"
    assert "tenth (inconclusive beside the others: p 0.0300 in AUC)" in made.reason
    after = json.loads(record(made))
    assert after["together"] == ["tenth", "rival", "third"]
    assert {answer["verdict"] for name, answer in after["test"].items() if name != "half"} == {"inconclusive"}


def test_one_rival_too_is_written_down_as_tested_together():
    case = Case().add("tenth", 100, 0.001).add("rival", 105, 0.004)
    assert json.loads(record(case.propose()))["together"] == ["tenth", "rival"]
    assert json.loads(record(ladder().propose()))["together"] == []


def test_where_the_first_link_fails_the_champion_stays():
    made = ladder(half=0.4).choose()
    assert made.chosen == "full"
    assert made.reason.startswith("full stays: nothing smaller was confirmed. The test sample was asked")


def test_the_champion_stays_alone_and_where_nobody_is_likely():
    assert Case().choose().reason == "full stays: there is no challenger."
    lossy = Case().add("lossy", 10, 0.99, verdict=Verdict.INFERIOR).choose()
    assert (lossy.chosen, lossy.chain) == ("full", ())
    assert lossy.reason == (
        "full stays: on selection its one challenger is not likely to be shown to be no worse: lossy "
        "(inferior in AUC: bound -0.0031, margin 0.005)."
    )


def test_until_the_test_sample_was_asked_the_champion_stays():
    assert ladder().propose().chosen == "full"


@pytest.mark.parametrize(("cost", "chosen"), [(666, "less"), (667, "full"), (2_000, "full")])
def test_less_than_the_least_gain_is_not_worth_changing(cost, chosen):
    made = Case().add("less", cost).choose(least_gain=1.5)
    assert made.chosen == chosen
    if chosen == "full":
        assert f"The cheapest, less, is out ({made.out['less']})." in made.reason
        gain = "1.5 times less work, where 1.5 is the least" if cost == 667 else "2 times more work"
        assert made.out["less"] == f"not worth changing: {gain}"


def test_a_variant_without_the_cost_that_decides_is_out_by_name():
    case = Case().add("network", 10)
    del case.cost["network"]
    made = case.choose(cost_unit="leaves")
    assert made.chosen == "full"
    assert made.out == {"network": "it or the champion has no leaves to be compared by"}


@pytest.mark.parametrize("seed", range(5))
def test_a_clock_that_lies_changes_nothing(seed):
    case, rng = ladder(), np.random.default_rng(seed)
    before = record(case.choose())
    for name in case.timings:
        case.timings[name] = {1: timing(1, float(rng.lognormal(3, 4))), 10_000: timing(10_000, float(rng.random()))}
    assert record(case.choose()) == before


def test_choice_json_holds_the_chain_before_and_the_answers_after():
    case = ladder(tenth=0.2)
    before, after = (json.loads(record(made)) for made in (case.propose(), case.choose()))
    assert before["chain"] == after["chain"] == ["half", "quarter", "tenth"]
    assert "chosen" not in before
    assert after["chosen"] == "quarter"
    assert after["test"]["tenth"] == {
        "decided_by": "auc", "lower": -0.0031, "margin": 0.005, "p_value": 0.2, "verdict": "inconclusive"
    }  # fmt: skip
    assert {key: after[key] for key in before} == before


# --------------------------------------------------------------------------------------------- budget


def test_who_clearly_misses_the_budget_is_out_and_named():
    case = ladder()
    case.timings["tenth"] = {1: timing(1, 9)}
    made = case.choose(budget_us=6)
    assert made.chosen == "quarter"
    assert made.out == {"tenth": "clearly misses the budget of 6 µs for one decision"}


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


def test_what_the_machine_loses_by_itself_is_no_clear_miss():
    ours, noise = {1: timing(1, 3, Interval(25, 24, 26))}, {1: timing(1, 1, Interval(8, 7, 9))}
    assert budget_verdict(ours, 20) is Budget.NOT_MET
    assert budget_verdict(ours, 20, noise) is Budget.INCONCLUSIVE
    case = Case().add("half", 500)
    case.timings |= {"half": ours, MACHINE: noise}
    assert case.choose(budget_us=20).chosen == "half"


def test_a_budget_for_one_decision_says_nothing_without_its_time():
    assert budget_verdict({100: timing(100, 1)}, 5.0) is Budget.INCONCLUSIVE


# ---------------------------------------------------------------------------------------------- front


def test_a_trade_off_shows_the_front_of_all_variants_and_not_only_of_the_non_inferior():
    case = Case().add("half", 500, auc=0.77).add("lossy", 5, 0.9, auc=0.6, verdict=Verdict.INFERIOR)
    assert case.choose().front == ("lossy", "half", "full")


def test_too_few_bads_are_said():
    case = ladder()
    case.evaluations = {name: replace(e, bads=12) for name, e in case.evaluations.items()}
    assert case.choose().reason.endswith(
        "The selection sample has 12 bads and 888 goods: with fewer than 20 of each every challenger is inconclusive."
    )


def test_what_a_change_must_be_worth_is_not_changed_once_it_is_said():
    with pytest.raises(FrozenInstanceError):
        Worth().least_gain = 1.0
