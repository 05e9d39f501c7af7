"""SHAP values against their definition: every coalition of features weighed, as Shapley did (1953)."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
import shap

from riskmodel.core import Calibration, Column
from riskmodel.explanation import attributions
from riskmodel.explanation.attributions import BACKGROUND, EXPLAINED


def shapley(value, features):
    """The Shapley value of each feature of a game: `value` gives the worth of a set of features."""
    values = np.zeros(features)
    for i in range(features):
        rest = [j for j in range(features) if j != i]
        for size in range(features):
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            for others in combinations(rest, size):
                values[i] += weight * (value({*others, i}) - value(set(others)))
    return values


def interventional(margin, background, row):
    """The game of a row: features outside the set have the background's values, one row of it after the other."""

    def value(known):
        rows = background.copy()
        rows[:, list(known)] = row[list(known)]
        return margin(rows).mean()

    return shapley(value, len(row))


def path_dependent(trees, row):
    """The game of TreeSHAP: where a split asks an unknown feature, both sides count by their cover."""

    def worth(tree, node, known):
        if tree.is_leaf[node]:
            return tree.value[node]
        left, right = int(tree.left[node]), int(tree.right[node])
        if tree.feature[node] in known:
            return worth(tree, left if row[tree.feature[node]] <= tree.threshold[node] else right, known)
        share = tree.cover[left] / tree.cover[node]
        return share * worth(tree, left, known) + (1 - share) * worth(tree, right, known)

    return shapley(lambda known: sum(worth(tree, 0, known) for tree in trees.trees), trees.n_features)


class Product:
    """A margin with an interaction, and no library that explains it."""

    features = tuple(Column(name) for name in "abc")
    calibration = Calibration()

    def raw_margin(self, matrix):
        return 2 * matrix[:, 0] + matrix[:, 0] * matrix[:, 1] - 0.5 * matrix[:, 2]


def test_without_a_library_values_are_those_of_the_definition():
    random = np.random.default_rng(0)
    rows = random.normal(size=(61, 3))
    values = attributions(Product(), rows)
    background = shap.maskers.Independent(rows[:BACKGROUND], max_samples=BACKGROUND).data
    for row, own in zip(rows[:4], values[:4], strict=True):
        np.testing.assert_allclose(own, interventional(Product().raw_margin, background, row), atol=1e-9)


def test_no_more_rows_are_explained_than_can_be_paid_for():
    rows = np.random.default_rng(1).normal(size=(EXPLAINED + 31, 3))
    assert attributions(Product(), rows).shape == (EXPLAINED, 3)


def test_trees_get_the_values_of_the_definition_where_no_value_is_missing(fitted, fresh):
    scorer = fitted("lgbm")
    numeric = [tree for tree in scorer.ensemble.trees if 2 not in tree.used_features]
    small = scorer.with_ensemble(
        scorer.ensemble.keep_trees([scorer.ensemble.trees.index(tree) for tree in numeric[:3]])
    )
    rows = fresh.matrix[~np.isnan(fresh.matrix).any(axis=1)][:5]
    values = attributions(small, rows)
    for row, own in zip(rows, values, strict=True):
        np.testing.assert_allclose(own, path_dependent(small.ensemble, row), atol=1e-9)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_values_are_of_the_margin_before_its_calibration(kind, fitted, fresh):
    scorer = fitted(kind)
    other = scorer.recalibrated(Calibration(-3.0, 0.1))
    np.testing.assert_array_equal(attributions(other, fresh.matrix[:50]), attributions(scorer, fresh.matrix[:50]))


def test_a_blend_explains_by_the_weighed_values_of_its_members(fitted, fresh):
    blend, rows = fitted("blend"), fresh.matrix[:80]
    parts = [weight * attributions(member, rows) for weight, member in zip(blend.weights, blend.members, strict=True)]
    np.testing.assert_allclose(attributions(blend, rows), np.sum(parts, axis=0), atol=1e-12)
    total = blend.contributions(rows)
    np.testing.assert_allclose(total.sum(axis=1), blend.raw_margin(rows), atol=1e-9)
