"""The bound: one leaf a part and one cell a feature, their shares allowed to be fractions.

The constraints are those of Mišić (2020, "Optimization of tree ensembles", Operations Research 68): the leaves that lie
within a set of cells have at most the share of these cells. The bound is worked out from the multipliers alone, by weak
duality: it holds whatever the solver's tolerances are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from riskmodel.core import Vector
from riskmodel.errors import RiskModelError
from riskmodel.trees.worst_case.parts import DifferencePart

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Constraint:
    """The shares of these leaves of a part add up to at most those of these cells of a feature."""

    part: int
    leaves: Places
    feature: int
    cells: Places


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The bound on the sum of the parts, log-odds, and the share that each cell of each feature has at it.

    prices: what each part takes for each cell of each feature that it asks for; over the parts they add up to 0.
    """

    bound: float
    shares: tuple[Vector, ...]
    prices: Mapping[tuple[int, int], Vector]


def relaxed(parts: Sequence[DifferencePart], cells: Sequence[int]) -> Relaxed:
    """No applicant has a larger sum of the parts; `cells` is how many each feature has.

    Raises: RiskModelError if the solver gives up.
    """
    constraints = [c for i, part in enumerate(parts) for c in _constraints(i, part)]
    leaf_starts = np.cumsum([0, *(len(part.value) for part in parts)])
    cell_starts = leaf_starts[-1] + np.cumsum([0, *cells])
    value = np.concatenate([*(part.value for part in parts), np.zeros(sum(cells))])
    within = [np.concatenate([leaf_starts[c.part] + c.leaves, cell_starts[c.feature] + c.cells]) for c in constraints]
    signs = [np.repeat([1.0, -1.0], [len(c.leaves), len(c.cells)]) for c in constraints]
    ones = [np.arange(a, b) for starts in (leaf_starts, cell_starts) for a, b in pairwise(starts)]
    solve: Any = linprog  # its stubs know no sparse matrix
    result = solve(
        -value,
        A_ub=_rows(within, signs, len(value)) if constraints else None,
        b_ub=np.zeros(len(constraints)) if constraints else None,
        A_eq=_rows(ones, [np.ones(len(places)) for places in ones], len(value)),
        b_eq=np.ones(len(ones)),
        method="highs-ds",
    )
    if result.x is None:
        raise RiskModelError(f"the bound must be solved, however: {result.message}")
    multipliers = np.maximum(-result.ineqlin.marginals, 0.0) if constraints else np.zeros(0)
    shares = tuple(result.x[a:b] for a, b in pairwise(cell_starts))
    bound = dual_bound(parts, cells, constraints, multipliers)
    return Relaxed(bound, shares, _prices(parts, cells, constraints, multipliers))


def _rows(places: Sequence[Places], values: Sequence[Vector], width: int) -> csr_array:
    starts = np.cumsum([0, *map(len, places)])
    return csr_array((np.concatenate(values), np.concatenate(places), starts), shape=(len(places), width))


def _constraints(at: int, part: DifferencePart) -> Iterator[Constraint]:
    """One for each set of cells that a split or a leaf sets apart."""
    for feature, allowed in part.allowed.items():
        sets = {mask.tobytes(): mask for mask in (*part.sides[feature], *allowed) if not mask.all()}
        for mask in sets.values():
            leaves = np.flatnonzero((allowed <= mask).all(axis=1))
            if len(leaves):
                yield Constraint(at, leaves, feature, np.flatnonzero(mask))


def dual_bound(
    parts: Sequence[DifferencePart], cells: Sequence[int], constraints: Sequence[Constraint], multipliers: Vector
) -> float:
    """A bound for any multipliers that are not negative: what they take from leaves they give to cells."""
    leaves, shares = [part.value.copy() for part in parts], [np.zeros(size) for size in cells]
    for constraint, multiplier in zip(constraints, multipliers, strict=True):
        if multiplier > 0:
            leaves[constraint.part][constraint.leaves] -= multiplier
            shares[constraint.feature][constraint.cells] += multiplier
    return float(sum(part.max() for part in leaves) + sum(column.max() for column in shares))


def _prices(
    parts: Sequence[DifferencePart], cells: Sequence[int], constraints: Sequence[Constraint], multipliers: Vector
) -> dict[tuple[int, int], Vector]:
    """The same multipliers as prices: a leaf pays at least what the sets that it lies in take, so no bound is lost."""
    prices = {(i, f): np.zeros(cells[f]) for i, part in enumerate(parts) for f in sorted(part.allowed)}
    for constraint, multiplier in zip(constraints, multipliers, strict=True):
        prices[constraint.part, constraint.feature][constraint.cells] -= multiplier
    for feature, size in enumerate(cells):
        of = [key for key in prices if key[1] == feature]
        back = -sum((prices[key] for key in of), np.zeros(size)) / max(len(of), 1)
        for key in of:
            prices[key] = prices[key] + back
    return prices
