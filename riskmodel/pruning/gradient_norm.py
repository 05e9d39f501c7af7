"""Rows by the norm of the gradient of their log-loss, GraNd, by models that were not fitted on them.

Paul, Ganguli and Dziugaite 2021 (NeurIPS). In the last layer's weights the gradient is (p - y) times the layer's input.
For trees that input says in which leaf of each tree a row is. Its plain norm is the same for all rows; in the metric of
the Fisher information, where a leaf has the sum of p (1 - p) of its rows, a row of a small leaf has the larger one.
Refuses scorers without trees or a network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Development, Matrix, Sample, Scorer, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import NetworkScorer, network_scorer
from riskmodel.pruning.algorithms.rows.cross_fitting import measured
from riskmodel.pruning.algorithms.rows.scored import ScoredRowsPruner
from riskmodel.trees import HasTrees


@dataclass(frozen=True)
class GradientNormPruner(ScoredRowsPruner):
    """A row's score is |p - y| times the norm of what the last layer, or the leaves, get of it."""

    def scores(self, scorer: Scorer, development: Development) -> Vector:
        if not isinstance(scorer, HasTrees | NetworkScorer):
            raise UnsupportedScorer(f"gradient_norm works on trees and networks, however: {scorer.kind}")
        return measured(scorer, development, self.folds, self.seed, gradient)


def gradient(scorer: Scorer, part: Sample) -> Vector:
    """The norm of each row (n) of a part that did not fit."""
    norms: Vector = np.abs(scorer.score(part) - part.default) * _inputs(scorer, part)
    return norms


def _inputs(scorer: Scorer, part: Sample) -> Vector:
    """The norm of what the last layer gets of each row (n)."""
    matrix = part.columns(scorer.features)
    if isinstance(scorer, HasTrees):
        return _of_leaves(scorer, matrix, scorer.pd(matrix))
    network = network_scorer(scorer, "gradient_norm")
    *_, last = network.network.hidden(network.encoded(matrix))
    norms: Vector = np.sqrt(1 + (last.astype(np.float64) ** 2).sum(axis=(1, 2)))
    return norms


def _of_leaves(scorer: HasTrees, matrix: Matrix, pd: Vector) -> Vector:
    leaves, hessian = scorer.ensemble.leaves(matrix), pd * (1 - pd)
    squares = np.zeros(len(matrix))
    for leaf in leaves.T:
        squares += 1 / np.bincount(leaf, hessian)[leaf]
    return np.sqrt(squares)
