"""Which units of a network stand, and which of them stay at a share: by layer, over all layers, or by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from riskmodel.core import PruningPlan, Vector
from riskmodel.errors import RiskModelError
from riskmodel.networks import Network

Scope = Literal["layer", "global", "row"]
Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Standing:
    """A network that is being cut, and the units that it still has, by their positions in the one it began as."""

    network: Network
    units: tuple[Positions, ...]  # a layer


def ranked(
    units: Sequence[Positions], scores: Sequence[NDArray[Any]], scope: Scope, floor: float
) -> tuple[Vector, ...]:
    """Importances in (0, 2] of the units that stand, in the order of their scores: over all, or in a layer or a row.

    `scores` are those of a layer's units that stand, or of all that it began with. A global order can empty a layer,
    hence the floor: that share of each layer, its strongest, comes before all else.
    """
    if scope == "row":
        by_row = [np.stack([_shares(row) for row in np.atleast_2d(score)]) for score in scores]
        return _left(units, by_row)
    left = _left(units, scores)
    alone = [_shares(score) for score in left]
    if scope == "layer":
        return tuple(alone)
    overall = np.split(_shares(np.concatenate(left)), np.cumsum([len(score) for score in left])[:-1])
    return tuple(np.where(own > 1 - floor, 1 + own, all_) for own, all_ in zip(alone, overall, strict=True))


def _left(units: Sequence[Positions], scores: Sequence[NDArray[Any]]) -> tuple[Vector, ...]:
    pairs = zip(scores, units, strict=True)
    return tuple(score.ravel() if score.size == len(layer) else score.ravel()[layer] for score, layer in pairs)


def _shares(scores: Vector) -> Vector:
    return rankdata(scores, method="ordinal") / len(scores)


def strongest(importance: Sequence[Vector], count: int) -> tuple[Positions, ...]:
    """The positions that stay in each layer, `count` in all; every layer keeps its strongest unit, whatever `count`."""
    layer_of = np.repeat(np.arange(len(importance)), [len(layer) for layer in importance])
    position = np.concatenate([np.arange(len(layer)) for layer in importance])
    order = np.argsort(-np.concatenate(importance), kind="stable")
    _, firsts = np.unique(layer_of[order], return_index=True)
    order = np.concatenate([order[firsts], np.delete(order, firsts)])[: max(count, len(importance))]
    return tuple(np.sort(position[order[layer_of[order] == i]]) for i in range(len(importance)))


def turns(plan: PruningPlan, names: Sequence[Sequence[str]]) -> list[list[Positions]]:
    """The positions that go, a step, a layer."""
    when = np.array(plan.steps or [1] * len(plan.units))
    when[list(plan.kept)] = 0
    layers = np.split(when, np.cumsum([len(layer) for layer in names])[:-1])
    return [[np.flatnonzero(layer == step) for layer in layers] for step in range(1, int(when.max()) + 1)]


def check_finite(network: Network, step: str) -> None:
    """Raises: RiskModelError where a weight is no number, by its array."""
    for name, values in network.arrays.items():
        if name != "edges" and (bad := int((~np.isfinite(values)).sum())):
            raise RiskModelError(f"{step} needs a network of finite weights, however: {bad} of {name} are not")
