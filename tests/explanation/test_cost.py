"""Costs counted by hand: the same on every machine."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.core import Column
from riskmodel.explanation import cost


class Trees:
    """A scorer of given trees."""

    kind = "given"

    def __init__(self, ensemble, features):
        self.ensemble, self.features = ensemble, tuple(features)

    def with_ensemble(self, ensemble):
        return Trees(ensemble, self.features)

    def native_margin(self, matrix):
        return self.ensemble.margins(matrix)


def test_a_column_is_paid_once_and_only_if_a_split_asks_for_it():
    ensemble = random_ensemble(3, "lightgbm", trees=8, features=(0, 1))
    priced = [Column("bureau", cost=2.0), Column("late", cost=0.5), Column("unused", cost=100.0)]
    scorer = Trees(ensemble, priced)
    assert ensemble.used_features == (0, 1)
    assert cost.used_columns(scorer) == tuple(priced[:2])
    assert cost.COSTS["feature_cost"](scorer) == 2.5
    flag = Column("bureau is -9", source="bureau", cost=2.0)
    assert cost.COSTS["feature_cost"](Trees(ensemble, [priced[0], flag, priced[2]])) == 2.0


def test_a_call_brings_all_its_columns_for_one_price():
    call = {"cost": 1.2, "vendor": "bureau"}
    columns = [Column("late", **call), Column("open", **call), Column("rent", cost=0.3), Column("free")]
    assert cost.price_of(columns) == 1.5
    assert cost.price_of(columns[1:2]) == 1.2
    assert cost.calls(columns) == {"bureau": cost.Call(1.2, ("late", "open")), "rent": cost.Call(0.3, ("rent",))}
    namesake = Column("bureau", cost=1.0)  # a column that is called as the vendor is another thing
    assert cost.price_of([*columns, namesake]) == 2.5


@pytest.mark.parametrize("seed", range(4))
def test_treeshap_takes_leaves_times_squared_depth(seed):
    ensemble = random_ensemble(seed, "xgboost")

    def paths(tree, node=0, depth=1):
        if tree.is_leaf[node]:
            return [depth]
        return paths(tree, int(tree.left[node]), depth + 1) + paths(tree, int(tree.right[node]), depth + 1)

    counted = sum(len(paths(tree)) * max(paths(tree)) ** 2 for tree in ensemble.trees)
    assert cost.explanation(Trees(ensemble, map(Column, "abc"))) == counted


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "mlp", "neural", "blend", "simple", "onnx"])
def test_every_kind_has_a_cost_in_every_unit_or_none(kind, fitted):
    scorer = fitted(kind)
    complexity = scorer.complexity()
    for unit in cost.COSTS:
        value = cost.costs(unit, {kind: scorer}).get(kind)
        assert value is None or value >= 0
        assert value is not None or unit == "leaves"
    assert cost.COSTS["bytes"](scorer) == sum(map(len, scorer.files().values()))
    assert cost.COSTS["leaves"](scorer) == (complexity.leaves or None)


def test_what_has_no_values_of_its_own_is_scored_once_more_a_feature(fitted):
    network, card, blend = fitted("mlp"), fitted("scorecard"), fitted("blend")
    assert cost.explanation(network) == network.complexity().work * 6
    assert cost.explanation(card) == card.complexity().work
    assert np.isclose(cost.explanation(blend), sum(map(cost.explanation, blend.members)))
