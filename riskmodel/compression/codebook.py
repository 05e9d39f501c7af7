"""Lets weights share their values: each matrix has a table of a few numbers, and a code of one byte a weight.

The numbers are the means of k-means clusters (Han, Mao and Dally 2016, arXiv 1510.00149); a weight that is zero stays
zero. The arithmetic does not change, only the file. It refuses scorers without a network, weights that are no numbers,
and networks whose PDs it would move by more than the tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel.compression._tolerance import checked
from riskmodel.core import Compressor, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Array, Network, network_scorer

LOOSE = ("edges", "head_bias")  # few numbers, and each of them matters


@dataclass(frozen=True)
class CodebookCompressor(Compressor):
    """`levels` are the numbers that each array may have, zero apart; `tolerance` is the largest change of a PD."""

    levels: Annotated[int, Field(ge=2, le=255)] = 128
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.02

    def compress(self, scorer: Scorer) -> Scorer:
        holder = network_scorer(scorer, self.name)
        arrays = holder.network.stored_as(np.float32).arrays
        if not all(np.isfinite(values).all() for name, values in arrays.items() if name != "edges"):
            raise UnsupportedScorer("codebook works on finite weights, however: one is no number")
        shared = Network.from_arrays({k: v if k in LOOSE else self._shared(v) for k, v in arrays.items()})
        return holder.with_network(checked(self.name, self.tolerance, scorer.calibration, (holder.network, shared)))

    def _shared(self, values: Array) -> Array:
        """Each value that is not zero at the mean of its cluster; clusters start evenly, as large weights need it."""
        from sklearn.cluster import KMeans

        distinct, counts = np.unique(values[values != 0].astype(np.float64), return_counts=True)
        if len(distinct) <= self.levels:
            return values
        start = np.linspace(distinct[0], distinct[-1], self.levels)
        means = KMeans(self.levels, init=start[:, None], n_init=1).fit(distinct[:, None], sample_weight=counts)
        table = np.sort(means.cluster_centers_.ravel()).astype(np.float32)
        nearest = np.searchsorted((table[1:] + table[:-1]) / 2, values)
        return np.where(values == 0, np.float32(0), table[nearest])
