"""Sums and products in words against compiled SHAP values, on trees that split features again below themselves."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.code_export.attributions import DECIMALS, attributed, number
from riskmodel.trees.conditions import Case
from riskmodel.trees.shap.treeshap import TreeShap

ASKED = {
    "above": lambda condition, value: value > condition.edge,
    "at_most": lambda condition, value: value <= condition.edge,
    "in": lambda condition, value: np.trunc(value) in condition.codes,  # the encoding gives whole codes
    "zero": lambda _, value: abs(value) <= 1.0000000180025095e-35,
    "missing": lambda _, value: np.isnan(value),
}


def follow(rule, row):
    while isinstance(rule, Case):
        yes = ASKED[rule.condition.kind](rule.condition, row[rule.condition.feature])
        rule = rule.yes if yes else rule.no
    return rule


def said(tree, rows):
    """What the texts say; Python reads them as every other language does."""
    values = np.zeros((len(rows), 3))
    for row, own in zip(rows, values, strict=True):
        names = {gate.name: follow(gate.rule, row) for gate in tree.gates}
        for gate in tree.gates:
            names |= {share: eval(gate.text(point), dict(names)) for share, point in gate.shares.items()}  # noqa: S307
        for feature, text in tree.effects.items():
            own[feature] = eval(text, dict(names))  # noqa: S307 - our own sums
    return values


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(3))
def test_the_texts_are_the_shap_values(rules, seed):
    ensemble = random_ensemble(seed, rules, trees=3)
    rows = trying(ensemble, 25, seed)
    for tree in ensemble.trees:
        due = -0.7 * TreeShap(replace(ensemble, trees=(tree,), intercept=0.0))(rows)
        words = attributed(tree, rules, -0.7, first=5)
        np.testing.assert_allclose(said(words, rows), due, rtol=0, atol=1e-9)
        assert [gate.name for gate in words.gates] == [f"g{5 + i}" for i in range(tree.n_leaves - 1)]
        assert words.size >= len(words.effects)


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, ".25"), (-0.5, "-.5"), (3.0, "3.0"), (0.0, "0.0"), (-12.5, "-12.5"), (1e-13, "0.0")]
)
def test_a_number_has_no_exponent_and_no_more_places_than_it_needs(value, text):
    assert number(value) == text
    assert len(number(1 / 3)) == 1 + DECIMALS
