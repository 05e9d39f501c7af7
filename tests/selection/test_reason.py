"""Why the choice is what it is: sentences whose every figure is that of the trade-off."""

from dataclasses import replace

import pytest

from riskmodel.core import Change, Difference, Evaluation, Interval, TradeOff, Verdict
from riskmodel.selection.reason import gain, on_scores, reason

NO, YES, OPEN = Verdict.INFERIOR, Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE
FINE = Difference(0.0, 0.001, -0.001, 0.001, 0.005, 1e-6, 0.002, YES)


def difference(verdict=YES, p_value=0.001, delta=-0.0012, lower=-0.0031):
    return Difference(delta, 0.001, lower, 0.0007, 0.005, p_value, 0.002, verdict)


def change(name, sample="test", **auc):
    return Change(name, "full", sample, {"auc": difference(**auc), "brier": FINE})


def evaluation(bads=200, rows=900):
    return Evaluation("full", "selection", rows, bads, {"auc": Interval(0.78, 0.76, 0.8)})


def trade_off(**given):
    plain = {"evaluations": {"full": evaluation()}, "cost": {"full": 1000.0}, "chosen": "full", "reason": ""}
    nothing = {name: {} for name in ("changes", "verdicts", "timings")}
    return TradeOff(**{"champion": "full", "front": (), **nothing, **plain, **given})


CHOSEN = trade_off(
    changes={name: change(name, "selection") for name in ("half", "tenth")},
    chain=("half", "tenth"),
    trials={"half": change("half"), "tenth": change("tenth", verdict=OPEN, p_value=0.4, lower=-0.0093)},
    chosen="half",
    cost={"full": 1000.0, "half": 250.0, "tenth": 0.0},
    cost_unit="leaves",
)


def test_who_is_chosen_is_told_with_the_gain_and_every_link_that_was_asked():
    text = reason(CHOSEN)
    assert text.startswith("half is chosen: 4 times less leaves than full (250 of 1,000). On test its AUC differs by ")
    assert "differs by -0.0012 (lower bound -0.0031, margin 0.005)." in text
    assert "half (non-inferior), tenth (inconclusive in AUC: bound -0.0093, margin 0.005)." in text


@pytest.mark.parametrize(
    ("after", "unit", "due"),
    [
        (250.0, "visited_nodes", "4 times less visited nodes than full (250 of 1,000)"),
        (0.0, "leaves", "no leaves than full (0 of 1,000)"),
        (99.5, "leaves", "10.1 times less leaves than full (99.5 of 1,000)"),
    ],
)
def test_the_gain_is_a_ratio_with_both_amounts(after, unit, due):
    assert gain(replace(CHOSEN, cost={**CHOSEN.cost, "half": after}, cost_unit=unit)) == due


def test_without_a_challenger_the_champion_stays_and_that_is_all():
    assert reason(trade_off(chosen="full")) == "full stays: there is no challenger."


def test_where_nothing_was_confirmed_the_test_sample_is_told_what_it_was_asked():
    lost = replace(CHOSEN, chosen="full", trials={"half": change("half", verdict=NO, p_value=0.9, lower=-0.02)})
    text = reason(lost)
    assert text.startswith(
        "full stays: nothing smaller was confirmed. The test sample was asked, in this order, of half"
    )
    assert "half (inferior in AUC: bound -0.0200, margin 0.005)." in text
    assert "tenth" not in text


def test_the_nearest_of_those_that_selection_did_not_let_through_is_named():
    weak = {
        name: change(name, "selection", verdict=OPEN, p_value=p, lower=-0.008)
        for name, p in (("half", 0.3), ("third", 0.2))
    }
    text = reason(trade_off(chosen="full", changes=weak))
    none = "on selection none of 2 challengers is likely to be shown to be no worse. The nearest is third ("
    assert text.startswith(f"full stays: {none}")
    one = reason(trade_off(chosen="full", changes={"half": weak["half"]}))
    assert one.startswith(
        "full stays: on selection its one challenger is not likely to be shown to be no worse: half ("
    )


def test_who_is_out_is_no_nearest_and_where_all_are_the_cheapest_says_why():
    weak = {n: change(n, "selection", verdict=OPEN, p_value=0.3) for n in ("half", "third")}
    out = {"half": "it costs more than the champion"}
    assert "challenger is not likely to be shown to be no worse: third (" in reason(
        trade_off(chosen="full", changes=weak, out=out)
    )
    both = {**out, "third": "one decision takes longer than the budget"}
    text = reason(trade_off(chosen="full", changes=weak, out=both, cost={"full": 9.0, "half": 5.0, "third": 4.0}))
    cheapest = "The cheapest, third, is out (one decision takes longer than the budget)"
    assert text == f"full stays: no challenger can be chosen. {cheapest}."


@pytest.mark.parametrize(("bads", "is_last"), [(19, True), (20, False), (881, True), (880, False)])
def test_too_few_bads_or_goods_are_the_reason_that_comes_last(bads, is_last):
    rows = 900
    given = trade_off(
        chosen="full",
        evaluations={"full": evaluation(bads, rows)},
        changes={"half": change("half", "selection", verdict=OPEN, p_value=1.0)},
    )
    line = f"The selection sample has {bads} bads and {rows - bads} goods: with fewer than 20 of each every challenger"
    assert reason(given).endswith(f"{line} is inconclusive.") == is_last


def test_p_values_that_pass_alone_and_not_beside_the_others_are_told_so():
    """Two tested together by Holm: .03 passes alone, not as the smaller of two."""
    trials = {name: change(name, p_value=p) for name, p in (("half", 0.03), ("tenth", 0.04))}
    text = reason(replace(CHOSEN, chosen="full", trials=trials, together=2))
    assert "half and tenth" not in text
    assert "together, by Holm" in text
    assert "(inconclusive beside the others: p .03" in text.replace("0.03", ".03")


def test_a_change_that_decisions_decide_says_that_its_auc_does_not():
    plain = change("half")
    assert on_scores(plain) == "On test its AUC differs by -0.0012 (lower bound -0.0031, margin 0.005)."
    judged = replace(plain, differences={**plain.differences, "decisions": FINE}, informative=("auc", "brier"))
    text = on_scores(judged)
    assert text.startswith("It is judged by decisions that differ; on test its AUC, which does not decide, differs by")


def test_identical_models_are_told_as_such():
    nought = Difference(0.0, 0.0, 0.0, 0.0, 0.005, 0.0, 0.0, YES)
    same = Change("half", "full", "test", {"auc": nought, "brier": nought})
    if not same.identical:
        pytest.fail("nothing is tested")
    assert "half (identical)" in reason(replace(CHOSEN, trials={"half": same}))
