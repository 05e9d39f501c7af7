"""Counterfactuals against every value that there is, scored by the library that trained the trees."""

from dataclasses import replace

import numpy as np
import pytest
from nearest_values import by_hand, changed_to, library
from samples import drawn

from riskmodel.core import Kind, Policy, Role
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.counterfactuals import Counterfactuals
from riskmodel.scorers.blend import BlendRecipe, blended

ROWS = 120


KINDS = ["lgbm", "xgb", "scorecard", "blend", "both libraries"]


@pytest.fixture(scope="module")
def model(fitted):
    """A fitted scorer of a kind; one is a blend of both libraries, whose numbers differ in precision."""

    def of(kind):
        if kind != "both libraries":
            return fitted(kind)
        members, recipe = [fitted("lgbm"), fitted("xgb")], BlendRecipe(of=({"kind": "lgbm"}, {"kind": "xgb"}))
        return replace(blended(members, recipe, 0, fitted("lgbm").features), weights=(0.7, 0.4), intercept=0.1)

    return of


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_the_nearest_of_all_values(kind, model):
    scorer = model(kind)
    rows = drawn(ROWS, 77).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.4)), (0.1,))
    limit = np.log(policy.refer_from / (1 - policy.refer_from))
    cases = 0
    for row, answers in zip(rows, Counterfactuals(scorer, policy)(rows), strict=True):
        approved = scorer.pd(row[None])[0] < policy.refer_from
        assert not (approved and answers)
        by_column = {each.column: each for each in answers}
        for place, column in enumerate(scorer.features):
            if approved or column.kind is Kind.CATEGORICAL or np.isnan(row[place]):
                continue
            wanted, result = by_hand(scorer, row, place, limit), by_column.get(column.name)
            cases += 1
            if np.isnan(wanted):
                assert result is None or abs(scorer.margin(changed_to(row, place, result.value))[0] - limit) < 1e-5
                continue
            assert result.now == row[place]
            # What XGBoost is asked is a number of single precision, where doubles lie between it and the threshold.
            assert abs(result.value - row[place]) <= abs(wanted - row[place]) + 1.2e-7 * abs(wanted)
            assert result.value == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert cases > 50


@pytest.mark.parametrize("kind", KINDS)
def test_the_library_approves_at_each_and_levels_are_the_best(kind, model):
    scorer = model(kind)
    rows = drawn(ROWS, 78).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.4)), (0.1,))
    names = [column.name for column in scorer.features]
    some = 0
    for row, answers in zip(rows, Counterfactuals(scorer, policy)(rows), strict=True):
        for each in answers:
            place = names.index(each.column)
            column = scorer.features[place]
            levels = column.categories
            value = levels.index(each.value) if levels else each.value
            native = scorer.calibration(library(scorer, changed_to(row, place, value)))[0]
            assert 1 / (1 + np.exp(-native)) < policy.refer_from + 1e-7
            if levels:
                pds = [scorer.pd(changed_to(row, place, code))[0] for code in range(len(levels))]
                assert value == int(np.argmin(pds))
            some += 1
    assert some > 20


def test_protected_columns_and_forbidden_directions_are_left_alone(fitted):
    scorer = fitted("lgbm")
    rows = drawn(ROWS, 79).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.5)), (0.1,))
    columns = {each.column for answers in Counterfactuals(scorer, policy)(rows) for each in answers}
    assert columns
    for name in columns:
        features = tuple(replace(c, role=Role.PROTECTED) if c.name == name else c for c in scorer.features)
        answers = Counterfactuals(replace(scorer, features=features), policy)(rows)
        assert name not in {each.column for several in answers for each in several}
    for sign in (1, -1):
        features = tuple(replace(c, monotone=sign) if not c.categories else c for c in scorer.features)
        for answers in Counterfactuals(replace(scorer, features=features), policy)(rows):
            for each in answers:
                assert isinstance(each.value, str) or (each.value - each.now) * sign < 0


@pytest.mark.parametrize("kind", ["lgbm", "scorecard"])
def test_only_actionable_columns_change_and_each_its_way(kind, model):
    scorer, rows = model(kind), drawn(ROWS, 80).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.5)), (0.1,))
    free = Counterfactuals(scorer, policy)(rows)
    for way, sign in (("up", 1), ("down", -1)):
        answers = Counterfactuals(scorer, policy, {"utilisation": way, "purpose": "any"})(rows)
        assert {each.column for several in answers for each in several} <= {"utilisation", "purpose"}
        for several, without in zip(answers, free, strict=True):
            for each in several:
                if each.column == "utilisation":
                    assert (each.value - each.now) * sign > 0
            kept = [each for each in without if each.column == "utilisation" and (each.value - each.now) * sign > 0]
            assert set(kept) <= set(several)
    assert any(each.column == "purpose" for several in answers for each in several)


def test_a_column_with_codes_takes_one_only_where_any_value_will_do(fitted):
    scorer = fitted("lgbm")
    features = tuple(replace(c, codes=(-9.0,)) if c.name == "income" else c for c in scorer.features)
    rows = drawn(ROWS, 81).matrix
    scorer = replace(scorer, features=features)
    missing = rows.copy()
    missing[:, 0] = np.nan
    cut = float(np.quantile(scorer.pd(rows), 0.5))
    policy = Policy(cut, cut, (0.1,))
    result = {
        way: [each for answers in Counterfactuals(scorer, policy, {"income": way})(rows) for each in answers]
        for way in ("up", "any")
    }
    assert -9.0 not in {each.value for each in result["up"]}
    turned = np.isfinite(rows[:, 0]) & (scorer.pd(rows) >= cut) & (scorer.pd(missing) < cut)
    assert {each.value for each in result["any"]} >= ({-9.0} if turned.any() else set())


@pytest.mark.parametrize("kind", ["mlp", "neural"])
def test_a_network_has_none(kind, fitted):
    with pytest.raises(UnsupportedScorer, match="counterfactuals: the model must be a sum of trees"):
        Counterfactuals(fitted(kind), Policy(0.3, 0.2, (0.1,)))
