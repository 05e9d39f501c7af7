"""CatBoost: its trainer makes the trees, and they are kept as LightGBM's text, which every other room reads.

A category is asked for one level at a time; CatBoost's running statistics of categories are not used, since no file of
trees could carry them. Saved, it scores without CatBoost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from riskmodel.core import Calibration, Column, Files, Sample, Vector
from riskmodel.errors import RiskModelError
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer, Lesson, opened
from riskmodel.scorers.catboost.indicators import Indicators
from riskmodel.scorers.foreign import catboost_models
from riskmodel.scorers.lgbm import LgbmScorer, new_frame
from riskmodel.scorers.lgbm.model import LgbmModel

LARGEST_DEPTH = 10


@dataclass(frozen=True)
class CatboostRecipe(BoosterRecipe):
    """CatBoost's symmetric trees, in the words that all boosters share; `leaves` is cut to a power of two.

    `min_rows` has no meaning for them. With more than one thread the last bits of a model may differ from run to run.
    """

    threads: Annotated[int, Field(ge=1, le=256)] = 1

    def learn(self, lesson: Lesson, seed: int) -> CatboostScorer:
        library, features = _library(), tuple(lesson.features)
        columns = Indicators.of(features)
        samples, learnt = lesson.development, lesson.learnt
        train = _pool(library, columns, samples.train, learnt.train)
        tune = _pool(library, columns, samples.tune, learnt.tune)
        model = library.CatBoost(self._parameters(columns.monotone, seed))
        model.fit(train, eval_set=tune, use_best_model=True)
        ensemble = columns.folded(catboost_models.ensemble_of(model, columns.count))
        frame = new_frame.new_frame([f"f{i}" for i in range(len(features))])
        native = LgbmModel.of_trees(ensemble, frame)
        return CatboostScorer(features, Calibration(), native, replace(self, search=0), seed)

    def _parameters(self, monotone: Sequence[int], seed: int) -> dict[str, Any]:
        depth = min(LARGEST_DEPTH, int(np.log2(self.leaves)))
        return {
            "loss_function": "CrossEntropy",
            "boost_from_average": True,
            "iterations": self.rounds,
            "learning_rate": self.rate,
            "depth": depth,
            "l2_leaf_reg": self.l2,
            "rsm": self.feature_share,
            "bootstrap_type": "Bernoulli",
            "subsample": self.row_share,
            "od_type": "Iter",
            "od_wait": self.patience,
            "boosting_type": "Plain",
            "random_seed": seed,
            "thread_count": self.threads,
            "allow_writing_files": False,
            "verbose": False,
            **({"monotone_constraints": list(monotone)} if any(monotone) else {}),
        }


def _library() -> Any:
    try:
        import catboost
    except ModuleNotFoundError as error:
        if error.name != "catboost":
            raise
        raise RiskModelError("training with CatBoost needs it: pip install 'riskmodel[catboost]'") from error
    return catboost


def _pool(library: Any, columns: Indicators, sample: Sample, target: Vector) -> Any:
    return library.Pool(columns.matrix(sample.columns(columns.features)), target, weight=sample.weight)


@dataclass(frozen=True, eq=False)
class CatboostScorer(LgbmScorer):
    """Trees that CatBoost made; column i of the matrix is their feature i."""

    kind = "catboost"

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> BoosterScorer:
        return opened(cls, CatboostRecipe, features, calibration, files)
