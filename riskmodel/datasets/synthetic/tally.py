"""Counts a portfolio while it streams by: rows, bads, the mean true PD, and how well the true PD itself ranks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_BINS = 10_000  # of the true PD; fine enough for the AUC to four decimals

Counts = NDArray[np.int64]


def _nothing() -> Counts:
    return np.zeros(_BINS, dtype=np.int64)


@dataclass(frozen=True)
class Tally:
    """Goods and bads by true PD, in `_BINS` equal bins; memory does not grow with the rows."""

    goods: Counts = field(default_factory=_nothing)
    bads: Counts = field(default_factory=_nothing)
    pd_sum: float = 0.0

    def add(self, batch: pa.RecordBatch) -> Tally:
        """The counts with those of one more batch."""
        pd = batch.column("true_pd").to_numpy()
        bad = batch.column("default").to_numpy() == 1
        bins = np.minimum((pd * _BINS).astype(np.intp), _BINS - 1)
        return replace(
            self,
            goods=self.goods + np.bincount(bins[~bad], minlength=_BINS),
            bads=self.bads + np.bincount(bins[bad], minlength=_BINS),
            pd_sum=self.pd_sum + float(pd.sum()),
        )

    @property
    def rows(self) -> int:
        return int(self.goods.sum() + self.bads.sum())

    @property
    def bad_rate(self) -> float:
        return float(self.bads.sum()) / self.rows

    @property
    def mean_pd(self) -> float:
        return self.pd_sum / self.rows

    @property
    def auc(self) -> float | None:
        """Of the true PD against the recorded outcome, a tie within a bin counting half; None where one is absent."""
        pairs = float(self.goods.sum()) * float(self.bads.sum())
        if not pairs:
            return None
        below = np.cumsum(self.goods) - 0.5 * self.goods
        return float(self.bads @ below) / pairs
