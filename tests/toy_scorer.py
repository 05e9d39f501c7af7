"""A scorer that a reader can work out in the head: a weighted sum of three features."""

from dataclasses import dataclass

import numpy as np

from riskmodel.core import Calibration, Column, Complexity, Scorer, Vector, canonical

FEATURES = (Column("x"), Column("y"), Column("z"))


@dataclass(frozen=True, eq=False)
class ToyScorer(Scorer):
    kind = "toy"

    weights: Vector

    @classmethod
    def of(cls, weights, calibration=Calibration()):  # noqa: B008 - frozen
        return cls(FEATURES, calibration, np.array(weights))

    def raw_margin(self, matrix):
        return np.nan_to_num(matrix) @ self.weights

    def files(self):
        return {"weights.json": canonical(self.weights.tolist())}

    def complexity(self):
        used = int(np.count_nonzero(self.weights))
        return Complexity(used, len(self.weights), used, float(used), len(self.files()["weights.json"]))

    def probes(self, rows, seed=0):
        return np.random.default_rng(seed).normal(size=(rows, 3))

    def refit(self, development, features, size=1.0):
        return self
