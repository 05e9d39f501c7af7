"""A scorer whose margin is a sum of its columns, and of which nothing but scores is known."""

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Column, Complexity, Kind, Scorer

COLUMNS = (Column("a"), Column("b"), Column("level", kind=Kind.CATEGORICAL, categories=("x", "y")))


@dataclass(frozen=True, eq=False)
class LinearScorer(Scorer):
    kind = "linear"
    weights: tuple[float, ...] = ()

    def raw_margin(self, matrix):
        return np.nan_to_num(matrix) @ np.array(self.weights)

    def files(self):
        return {}

    def complexity(self):
        return Complexity(3, 3, 3, 3.0, 3)

    def probes(self, rows, *_):
        return np.zeros((rows, 3))

    def refit(self, *_):
        return self
