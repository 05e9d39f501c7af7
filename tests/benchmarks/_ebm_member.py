"""An explainable boosting machine as one of a teacher's scorers: interpret's own, refitted as folds ask."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from interpret.glassbox import ExplainableBoostingClassifier

from riskmodel.core import Calibration, Column, Complexity, Development, Files, Kind, Matrix, Scorer, Vector
from riskmodel.errors import UnsupportedScorer


@dataclass(frozen=True, eq=False)
class EbmMember(Scorer):
    """It learns train alone: the machine holds out its own rows to stop by."""

    kind = "ebm member"

    machine: ExplainableBoostingClassifier
    seed: int

    def raw_margin(self, matrix: Matrix) -> Vector:
        return np.asarray(self.machine.decision_function(matrix), np.float64)

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:  # noqa: ARG002
        return ebm(development, features, self.seed)

    def files(self) -> Files:
        return {}

    def complexity(self) -> Complexity:
        return Complexity(len(self.features), 0, 0, 0.0, 0)

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002
        raise UnsupportedScorer("a machine of a benchmark has no probes")


def ebm(development: Development, features: Sequence[Column], seed: int) -> EbmMember:
    """Two bags, else interpret's own settings; a category is nominal."""
    kinds = ["nominal" if column.kind is Kind.CATEGORICAL else "continuous" for column in features]
    machine = ExplainableBoostingClassifier(outer_bags=2, n_jobs=1, random_state=seed, feature_types=kinds)
    train = development.train
    machine.fit(train.columns(features), train.default)
    return EbmMember(tuple(features), Calibration(), machine, seed)
