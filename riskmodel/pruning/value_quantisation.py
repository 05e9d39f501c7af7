"""Fewer distinct numbers: neighbouring thresholds of a feature become one, and so do neighbouring leaf values.

Such a model packs into fewer bytes, and its thresholds are float32: a runtime in single precision decides alike on all
float32 inputs. The trees keep their shape, but for splits that come to ask twice, or for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Scorer, Vector
from riskmodel.pruning.algorithms.trees.distinct_values import LEAVES, distinct, renumbered, single, single_below
from riskmodel.pruning.algorithms.trees.threshold_shift_cost import runs_of
from riskmodel.pruning.algorithms.trees.value_merging import Merger
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.edit.simplify import constants_gone, trimmed
from riskmodel.trees.units import trees_of


@dataclass(frozen=True)
class ValueQuantisationPruner(Pruner):
    """Numbers that move the margin least are merged first, by its mean square on train; keep is a share of the numbers.

    One agglomerative path (Ward 1963 for the leaves), so that shares are nested: a k-means codebook of its own for each
    share would be closer by a little, and would not be. A run of merged numbers is named by its lowest, and takes its
    value from the plan.
    """

    unit = "number"
    share_of = "distinct numbers"

    rows: Annotated[int, Field(ge=1)] = 20_000  # of train, at most

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        trees = trees_of(scorer)
        numbers = distinct(trees)
        matrix = development.train.representative(self.rows).columns(scorer.features)
        merger = Merger(runs_of(trees, numbers, matrix))
        stops = {}
        for keep in sorted(set(keeps), reverse=True):
            kept, values = merger.down_to(int(keep * len(merger.stop) + 1e-9))
            stops[keep] = kept, _written(values, kept, numbers, trees)
        units = _units(numbers, [column.name for column in scorer.features])
        return [Decision(units, merger.importance, *stops[keep]) for keep in keeps]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:  # noqa: ARG002 - the plan says all
        trees = trees_of(scorer)
        if not plan.dropped or not isinstance(scorer, HasTrees):
            return scorer
        old = distinct(trees)
        run = np.searchsorted(plan.kept, np.arange(len(plan.units)), side="right") - 1
        shared = np.array(plan.values)[run]
        new = dict(zip(old, np.split(shared, _ends(old)[:-1]), strict=True))
        return scorer.with_ensemble(constants_gone(trimmed(renumbered(trees, old, new))))


def _units(numbers: Mapping[int, Vector], names: Sequence[str]) -> tuple[str, ...]:
    """Each number with what it is a number of."""
    return tuple(
        f"{'leaf' if group == LEAVES else names[group]} at {float(value)!r}"
        for group, values in numbers.items()
        for value in values
    )


def _ends(numbers: Mapping[int, Vector]) -> NDArray[np.int64]:
    return np.cumsum([len(values) for values in numbers.values()])


def _written(
    values: Sequence[float], kept: Sequence[int], numbers: Mapping[int, Vector], trees: TreeEnsemble
) -> tuple[float, ...]:
    """Numbers in single precision: thresholds rounded down where <= decides (LightGBM), XGBoost's are so already."""
    ends = _ends(numbers)
    leaf = np.array([list(numbers)[int(np.searchsorted(ends, unit, side="right"))] == LEAVES for unit in kept])
    exact = np.array(values)
    threshold = single_below(exact) if trees.rules == "lightgbm" else exact
    return tuple(float(value) for value in np.where(leaf, single(exact), threshold))
