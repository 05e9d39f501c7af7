"""Counterfactuals of hand-made trees: each is the nearest that is approved, and nothing that must stay moves."""

from dataclasses import replace

import numpy as np
import pytest
from code_export.hand_made import OfTrees
from random_trees import built, random_ensemble, trying
from toy_scorer import ToyScorer

from riskmodel.core import Calibration, Column, Kind, Policy
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.counterfactuals import Counterfactual, Counterfactuals
from riskmodel.trees import TreeEnsemble, TreePart

LEVELS = tuple(f"level {i}" for i in range(45))
COLUMNS = (Column("income"), Column("months"), Column("purpose", kind=Kind.CATEGORICAL, categories=LEVELS))
POLICY = Policy(0.5, 0.4, (0.1,))


def stump(feature, threshold, left, right, listed=None):
    """One split with two leaves."""
    split = {"feature": feature, "left": 1, "right": 2, "threshold": threshold, "cover": 2.0, "default_left": False}
    split |= {"set": listed} if listed else {}
    leaf = {"feature": -1, "cover": 1.0}
    return built([split, leaf, leaf], [2, 0, 0], [0.0, left, right], "lightgbm")


def scorer(*trees, columns=COLUMNS, calibration=Calibration()):  # noqa: B008 - frozen
    return OfTrees(columns, calibration, (TreePart(TreeEnsemble(trees, 0.0, 3, "lightgbm")),))


def answers(made, row, **more):
    [result] = Counterfactuals(made, POLICY, **more)(np.array([row], float))
    return {one.column: one for one in result}


INCOME = stump(0, 10.0, 2.0, -2.0)  # above 10 is approved


def test_the_nearest_number_above_a_threshold_turns_the_decision():
    result = answers(scorer(INCOME), [4.0, 0, 0])
    assert result == {"income": Counterfactual("income", 4.0, np.nextafter(10.0, np.inf))}


@pytest.mark.parametrize("row", [[11.0, 0, 0], [np.inf, 0, 0]])
def test_whoever_is_approved_has_none(row):
    assert answers(scorer(INCOME), row) == {}


def test_whoever_has_no_value_is_told_none_of_it():
    assert answers(scorer(INCOME, stump(1, 3.0, -9.0, 3.0)), [np.nan, 5.0, 0]).keys() == {"months"}


def test_of_two_ways_the_nearer_and_at_equal_distance_the_lower():
    band = stump(0, 0.0, -3.0, 2.0), stump(0, 10.0, 0.0, -5.0)
    assert answers(scorer(*band), [4.0, 0, 0])["income"].value == 0.0
    assert answers(scorer(*band), [7.0, 0, 0])["income"].value > 10.0
    assert answers(scorer(*band), [5.0, 0, 0])["income"].value == 0.0


def test_a_value_outside_the_range_of_train_is_never_told():
    narrow = (replace(COLUMNS[0], low=0.0, high=10.0), *COLUMNS[1:])
    assert answers(scorer(INCOME, columns=narrow), [4.0, 0, 0]) == {}


@pytest.mark.parametrize(("now", "due"), [(99.0, 20.0), (15.0, 10.0)])
def test_from_outside_the_range_of_train_its_end_is_the_nearest(now, due):
    """From 99 the range begins at 20, where the trees would approve from 30 down."""
    falling, narrow = stump(0, 30.0 if now > 20 else 10.0, -2.0, 2.0), replace(COLUMNS[0], low=0.0, high=20.0)
    assert answers(scorer(falling, columns=(narrow, *COLUMNS[1:])), [now, 0, 0])["income"].value == due
    zero_is_missing = TreeEnsemble((replace(falling, missing=np.array([1, 0, 0], np.uint8)),), 0.0, 3, "lightgbm")
    made = OfTrees((narrow, *COLUMNS[1:]), Calibration(), (TreePart(zero_is_missing),))
    assert answers(made, [now, 0, 0])["income"].value == due


def test_the_level_with_the_lowest_pd_is_told_and_the_one_for_many_never():
    by_level = stump(2, 0.0, -3.0, 2.0, listed=(7, 44)), stump(2, 0.0, -0.5, 0.5, listed=(7,))
    assert answers(scorer(*by_level), [0, 0, 3.0]) == {"purpose": Counterfactual("purpose", "level 3", "level 7")}
    rare = (*COLUMNS[:2], replace(COLUMNS[2], other=True))
    only_last = stump(2, 0.0, -3.0, 2.0, listed=(44,))
    assert answers(scorer(only_last, columns=rare), [0, 0, 3.0]) == {}
    assert answers(scorer(only_last), [0, 0, 3.0])["purpose"].value == "level 44"


CODED = (replace(COLUMNS[0], codes=(-9.0, -8.0)), Column("income_is_-8", source="income", codes=(-8.0,)), COLUMNS[2])


def test_a_special_code_is_told_where_no_number_will_do_and_marks_its_indicator():
    by_indicator = stump(1, 0.5, 2.0, -2.0)
    assert answers(scorer(by_indicator, columns=CODED), [4.0, 0.0, 0])["income"].value == -8.0
    assert answers(scorer(by_indicator, columns=CODED), [4.0, 0.0, 0], directions={"income": "up"}) == {}


def test_a_number_that_is_a_code_is_no_number():
    at_a_code = stump(0, -9.0, -2.0, 2.0)
    result = answers(scorer(at_a_code, columns=CODED), [4.0, 0.0, 0])
    assert result == {} or result["income"].value != -9.0


def test_only_what_is_actionable_moves_and_only_its_way():
    both = scorer(INCOME, stump(1, 3.0, -4.0, 1.0))
    assert answers(both, [4.0, 5.0, 0]).keys() == {"income", "months"} or answers(both, [4.0, 5.0, 0]).keys() == {
        "months"
    }
    assert answers(both, [4.0, 5.0, 0], directions={"months": "down"})["months"].value == 3.0
    assert answers(both, [4.0, 5.0, 0], directions={"months": "up"}) == {}


@pytest.mark.parametrize("line", [Calibration(0.5, 2.0), Calibration(-1.0, 0.25)])
@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_each_is_approved_by_the_scorer_and_changes_one_column(rules, line):
    parts = tuple(TreePart(random_ensemble(seed, rules), 0.75) for seed in (5, 6))
    made = OfTrees(COLUMNS, line, parts)
    rows = trying(parts[0].ensemble, 80, 1)
    rows = np.where(np.abs(rows) > 1e6, 3.0, rows)
    rows[:, 2] = np.random.default_rng(0).integers(0, 45, 80)
    pd = made.pd(rows)
    edge = float(np.quantile(pd, 0.4))
    policy = Policy(edge + 0.01, edge, (0.1,))
    explained = 0
    for row, was, result in zip(rows, pd, Counterfactuals(made, policy)(rows), strict=True):
        assert not (was < edge and result)
        for one in result:
            place = [column.name for column in COLUMNS].index(one.column)
            changed = row.copy()
            changed[place] = LEVELS.index(one.value) if place == 2 else one.value
            assert one.now == (LEVELS[int(row[2])] if place == 2 else row[place])
            assert made.pd(changed[None])[0] < edge
            explained += 1
    assert explained > 10


def test_what_is_no_sum_of_trees_and_a_line_that_falls_are_refused():
    with pytest.raises(UnsupportedScorer, match=r"^counterfactuals: the model must be a sum of trees .* however: toy$"):
        Counterfactuals(ToyScorer.of([1.0, 2.0, 3.0]), POLICY)
    for slope in (0.0, -1.0):
        with pytest.raises(UnsupportedScorer, match="counterfactuals need a calibration that rises with the margin"):
            Counterfactuals(scorer(INCOME, calibration=Calibration(0.0, slope)), POLICY)


def test_it_is_written_as_an_answer_of_plain_names():
    assert Counterfactual("income", None, 3.5).as_json == {"column": "income", "now": None, "value": 3.5}


def test_no_rows_have_no_answers():
    assert Counterfactuals(scorer(INCOME), POLICY)(np.empty((0, 3))) == []
