"""Counterfactuals against every value that there is, scored by the library that trained the trees."""

import numpy as np
import pytest
from samples import drawn

from riskmodel.core import Kind, Policy, Role
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.counterfactuals import Counterfactuals

ROWS = 120


def thresholds(scorer, place):
    return sorted({
        float(tree.threshold[node])
        for tree in scorer.ensemble.trees
        for node in np.flatnonzero(tree.feature == place)
        if tree.sets[node] is None
    })  # fmt: skip


def by_hand(scorer, row, place, limit):
    """The nearest of all numbers around all thresholds at which the library's margin is below the limit."""
    column = scorer.features[place]
    values = []
    for threshold in thresholds(scorer, place):
        single = np.float32(threshold)  # XGBoost compares in single precision
        beside = (np.nextafter(single, np.float32(end)) for end in (-np.inf, np.inf))
        values += [float(single), *map(float, beside), threshold, np.nextafter(threshold, np.inf)]
    low, high = (-np.inf, np.inf) if column.low is None else (column.low, column.high)
    values = np.array([v for v in values if low <= v <= high and (v - row[place]) * column.monotone <= 0])
    if not len(values):
        return np.nan
    changed = np.tile(row, (len(values), 1))
    changed[:, place] = values
    turned = values[scorer.calibration(scorer.native_margin(changed)) < limit]
    return turned[np.argmin(np.abs(turned - row[place]))] if len(turned) else np.nan


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_they_are_the_nearest_of_all_values(kind, fitted):
    scorer = fitted(kind)
    rows = drawn(ROWS, 77).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.4)), (0.1,))
    limit = np.log(policy.refer_from / (1 - policy.refer_from))
    cases = 0
    for row, told in zip(rows, Counterfactuals(scorer, policy)(rows), strict=True):
        approved = scorer.pd(row[None])[0] < policy.refer_from
        assert not (approved and told)
        by_column = {each.column: each for each in told}
        for place, column in enumerate(scorer.features):
            if approved or column.kind is Kind.CATEGORICAL or np.isnan(row[place]):
                continue
            wanted, found = by_hand(scorer, row, place, limit), by_column.get(column.name)
            cases += 1
            if np.isnan(wanted):
                assert found is None or abs(scorer.margin(changed_to(row, place, found.value))[0] - limit) < 1e-5
                continue
            assert found.now == row[place]
            # Single precision has no number between the threshold and the one before: ours may be a little nearer.
            assert abs(found.value - row[place]) <= abs(wanted - row[place]) * (1 + 1e-7)
            assert found.value == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert cases > 50


def changed_to(row, place, value):
    changed = row.copy()
    changed[place] = value
    return changed[None]


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_the_library_approves_at_each_and_levels_are_the_best(kind, fitted):
    scorer = fitted(kind)
    rows = drawn(ROWS, 78).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.4)), (0.1,))
    names = [column.name for column in scorer.features]
    some = 0
    for row, told in zip(rows, Counterfactuals(scorer, policy)(rows), strict=True):
        for each in told:
            place = names.index(each.column)
            column = scorer.features[place]
            levels = column.categories
            value = levels.index(each.value) if levels else each.value
            native = scorer.calibration(scorer.native_margin(changed_to(row, place, value)))[0]
            assert 1 / (1 + np.exp(-native)) < policy.refer_from + 1e-7
            if levels:
                pds = [scorer.pd(changed_to(row, place, code))[0] for code in range(len(levels))]
                assert value == int(np.argmin(pds))
            some += 1
    assert some > 20


def test_protected_columns_and_forbidden_directions_are_left_alone(fitted):
    from dataclasses import replace

    scorer = fitted("lgbm")
    rows = drawn(ROWS, 79).matrix
    policy = Policy(float(np.quantile(scorer.pd(rows), 0.5)), float(np.quantile(scorer.pd(rows), 0.5)), (0.1,))
    columns = {each.column for told in Counterfactuals(scorer, policy)(rows) for each in told}
    assert columns
    for name in columns:
        features = tuple(replace(c, role=Role.PROTECTED) if c.name == name else c for c in scorer.features)
        told = Counterfactuals(replace(scorer, features=features), policy)(rows)
        assert name not in {each.column for several in told for each in several}
    for sign in (1, -1):
        features = tuple(replace(c, monotone=sign) if not c.categories else c for c in scorer.features)
        for told in Counterfactuals(replace(scorer, features=features), policy)(rows):
            for each in told:
                assert isinstance(each.value, str) or (each.value - each.now) * sign < 0


def test_a_scorer_without_trees_has_none(fitted):
    with pytest.raises(UnsupportedScorer, match="counterfactuals are of trees"):
        Counterfactuals(fitted("scorecard"), Policy(0.3, 0.2, (0.1,)))
