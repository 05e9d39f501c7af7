"""What the development sample was like, for the bundle: what a book is compared with when it is scored."""

from __future__ import annotations

import numpy as np

from riskmodel.core import Column, Development, Kind, Reference, Scorer, Vector
from riskmodel.stats import weighted

BINS = 10


def of(scorer: Scorer, development: Development) -> Reference:
    """Usual values and missing shares on train; PDs on tune, since those of the rows it was fitted on are too good.

    Where rows have weights, shares are those of the population that they stand for.
    """
    train, tune = development.train.representative(len(development.train)), development.tune
    matrix, pd = train.columns(scorer.features), scorer.score(tune)
    edges = np.unique(weighted.quantile(pd, np.linspace(0, 1, BINS + 1)[1:-1], tune.weight))
    shares = weighted.shares(np.searchsorted(edges, pd, side="right"), len(edges) + 1, tune.weight)
    missing = np.isnan(matrix).mean(axis=0)
    return Reference(
        {column.name: _typical(column, values) for column, values in zip(scorer.features, matrix.T, strict=True)},
        {column.name: float(share) for column, share in zip(scorer.features, missing, strict=True)},
        tuple(edges.tolist()),
        tuple(shares.tolist()),
        len(pd),
        {column.name: _deciles(values) for column, values in zip(scorer.features, matrix.T, strict=True)},
    )


def _deciles(values: Vector) -> tuple[tuple[float, float], ...]:
    """Of the codes too, where a feature is a category; none where most are missing.

    A value that many rows share has all of them up to it, which its decile alone does not say.
    """
    present = np.sort(values[np.isfinite(values)])
    if 2 * len(present) < len(values):
        return ()
    edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1], method="inverted_cdf"))
    upto = np.searchsorted(present, edges, side="right") / len(present)
    return tuple(zip(edges.tolist(), upto.tolist(), strict=True))


def _typical(column: Column, values: Vector) -> float | None:
    present = values[np.isfinite(values)]
    if 2 * len(present) < len(values):
        return None
    if column.kind is Kind.CATEGORICAL:
        return float(np.bincount(present.astype(np.int64)).argmax())
    return float(np.median(present))
