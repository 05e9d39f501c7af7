"""AUCs of several scores on the same rows, and how they vary together (DeLong, DeLong and Clarke-Pearson 1988)."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Matrix, Outcome, Vector
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.stats.clusters import Clusters, sums


def influence(
    default: Outcome, score: Vector, clusters: Clusters | None = None, weight: Vector | None = None
) -> tuple[float, Vector]:
    """The AUC of a score (n), and how much each row (n) moves it."""
    placed = placements(default, score, clusters, weight)
    moves = np.empty(len(default))
    moves[default == 1], moves[default == 0] = placed.influence
    return placed.auc, moves


def covariance(moves: Matrix, clusters: Clusters | None = None) -> Matrix:
    """Of AUCs (k) from how much each row moves each (n x k), over clusters where there are any (Obuchowski 1997)."""
    totals = np.column_stack([sums(column, clusters) for column in moves.T])
    count = len(totals)
    return np.asarray(count / (count - 1) * totals.T @ totals, np.float64)
