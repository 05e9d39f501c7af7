"""Shapley values against a named reference, and of pairs, exact: each leaf is a game of the features on its path.

A coalition S of features reaches a leaf by the product over its path of a where the feature is in S and r where it is
not: a says whether the row passes the feature's edges, r whether the reference row does (interventional, Janzing,
Minorics and Bloebaum 2020), or which share of train does (path-dependent). The Shapley value of such a game is
(a_i - r_i) times the integral over t in [0, 1] of the product of t a + (1 - t) r over the others, and that of a pair
(a_i - r_i) (a_j - r_j) times the same without both (Owen 1972; Grabisch and Roubens 1999). Rows that pass the same
edges share one answer. The values are those of TreeExplainer (Lundberg et al. 2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Mask, Matrix, Vector
from riskmodel.trees import TreeEnsemble
from riskmodel.trees.shap.leaf_paths import LeafPath, leaf_paths, sides
from riskmodel.trees.shap.quadrature import quadrature

ROWS = 2048  # explained at a time
NUMBERS = 2_000_000  # in memory at a time, of one leaf
Pairs = NDArray[np.float64]  # n x features x features


@dataclass(frozen=True, eq=False)
class LeafGames:
    """Explains the margin of one ensemble; without a reference by the covers of train (path-dependent)."""

    ensemble: TreeEnsemble
    reference: Matrix | None = None  # m x features
    weight: Vector | None = None  # of the reference rows (m)

    def values(self, matrix: Matrix) -> Matrix:
        """Log-odds that each feature adds to the mean margin of the reference, n x features."""
        total = np.zeros((len(matrix), self.ensemble.n_features))
        for start in range(0, len(matrix), ROWS):
            block = total[start : start + ROWS]
            for path, patterns, at, outside, weight in self._games(matrix[start : start + ROWS]):
                block[:, path.features] += path.value * _shapley(patterns, outside, weight)[at]
        return total

    def pairs(self, matrix: Matrix) -> Pairs:
        """Interactions, n x features x features: rows add up to `values`; off the diagonal each pair has halves."""
        p = self.ensemble.n_features
        total = np.zeros((len(matrix), p, p))
        for start in range(0, len(matrix), ROWS):
            block = total[start : start + ROWS]
            for path, patterns, at, outside, weight in self._games(matrix[start : start + ROWS]):
                places = np.array(path.features)
                where = np.ix_(np.arange(len(block)), places, places)
                block[where] += path.value * _interactions(patterns, outside, weight)[at]
        return total

    def _games(self, block: Matrix) -> Iterator[tuple[LeafPath, Matrix, NDArray[np.intp], Matrix, Vector]]:
        """Of each leaf: its path, the patterns of rows, which row has which, and what stands outside a coalition."""
        left = sides(self.ensemble, block)
        others = None if self.reference is None else sides(self.ensemble, self.reference)
        for path in leaf_paths(self.ensemble):
            patterns, at, _ = _patterns(path.passed(left), None)
            if others is None:
                yield path, patterns, at, path.share[None], np.ones(1)
            else:
                outside, _, weight = _patterns(path.passed(others), self.weight)
                yield path, patterns, at, outside, weight


def _patterns(passed: Mask, weight: Vector | None) -> tuple[Matrix, NDArray[np.intp], Vector]:
    """The distinct rows (u x d) of a mask (n x d), which row is which (n), and the share of the weight of each (u)."""
    packed = np.packbits(passed, axis=1)
    _, first, at = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    at = at.ravel()
    mass = np.bincount(at, weight, len(first)).astype(np.float64)
    return passed[first].astype(np.float64), at, mass / mass.sum()


def _shapley(inside: Matrix, outside: Matrix, weight: Vector) -> Matrix:
    """The value of each feature (u x d), the mean over what stands outside (w x d) by its weight (w)."""
    return np.concatenate([_values(part, outside, weight) for part in _chunks(inside, outside)])


def _interactions(inside: Matrix, outside: Matrix, weight: Vector) -> Pairs:
    """Of each pair half its interaction (u x d x d); on the diagonal what is left of the feature's own value."""
    return np.concatenate([_of_pairs(part, outside, weight) for part in _chunks(inside, outside)])


def _chunks(inside: Matrix, outside: Matrix) -> list[Matrix]:
    d = inside.shape[1]
    rows = max(1, NUMBERS // (len(outside) * d * -(-d // 2)))
    return [inside[start : start + rows] for start in range(0, len(inside), rows)]


def _factors(inside: Matrix, outside: Matrix) -> tuple[Pairs, Vector]:
    """T a + (1 - t) r at each point of quadrature, points x u x w x d, and the weights of the points."""
    at, mass = quadrature(-(-inside.shape[1] // 2))
    share = at[:, None, None, None]
    return share * inside[:, None] + (1 - share) * outside, mass


def _values(inside: Matrix, outside: Matrix, weight: Vector) -> Matrix:
    factors, mass = _factors(inside, outside)
    d = inside.shape[1]
    before, after = np.ones_like(factors), np.ones_like(factors)
    before[..., 1:] = np.cumprod(factors, axis=-1)[..., :-1]
    after[..., : d - 1] = np.cumprod(factors[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    without = np.tensordot(mass, before * after, 1)  # u x w x d
    values: Matrix = np.einsum("uwd,w->ud", (inside[:, None] - outside) * without, weight)
    return values


def _of_pairs(inside: Matrix, outside: Matrix, weight: Vector) -> Pairs:
    factors, mass = _factors(inside, outside)
    apart, d = inside[:, None] - outside, inside.shape[1]
    pairs = np.zeros((len(inside), d, d))
    for i in range(d):
        for j in range(i):
            rest = [k for k in range(d) if k not in (i, j)]
            without = np.tensordot(mass, factors[..., rest].prod(axis=-1), 1)  # u x w
            pairs[:, i, j] = pairs[:, j, i] = 0.5 * (apart[..., i] * apart[..., j] * without) @ weight
    pairs[:, range(d), range(d)] = _values(inside, outside, weight) - pairs.sum(axis=2)
    return pairs
