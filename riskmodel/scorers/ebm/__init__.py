"""Explainable boosting machines: interpret makes the terms, and they are kept as trees in LightGBM's text.

A term is a tree of one or two features, so that every other room reads it. Saved, it scores without interpret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Calibration, Column, Files, Kind, Matrix, Vector
from riskmodel.errors import RiskModelError
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer, Lesson, opened
from riskmodel.scorers.foreign import ebm_trees
from riskmodel.scorers.foreign.native_answer import quiet
from riskmodel.scorers.lgbm import LgbmScorer, new_frame
from riskmodel.scorers.lgbm.model import LgbmModel

SMALL_BINS = (4, 8, 16, 32)  # of a feature, in machines of few cells


@dataclass(frozen=True)
class EbmRecipe(BoosterRecipe):
    """Terms of one feature, and `pairs` of two; `leaves` is of one step of boosting, `row_share` of each bag.

    The mean of `bags` machines, each stopped on tune. `feature_share` has no meaning for them. `cells` > 0 keeps the
    terms that say most, as long as their trees have no more leaves together.
    """

    search: Annotated[int, Field(ge=0, le=1000)] = 0
    leaves: Annotated[int, Field(ge=2, le=4096)] = 3
    rate: Annotated[float, Field(gt=0, le=1)] = 0.02
    l2: Annotated[float, Field(ge=0)] = 0.0
    min_rows: Annotated[int, Field(ge=1)] = 10
    pairs: Annotated[int, Field(ge=0, le=1000)] = 10
    bins: Annotated[int, Field(ge=3, le=32_768)] = 256
    pair_bins: Annotated[int, Field(ge=3, le=1024)] = 32
    bags: Annotated[int, Field(ge=1, le=100)] = 4
    cells: Annotated[int, Field(ge=0)] = 0

    def learn(self, lesson: Lesson, seed: int) -> EbmScorer:
        """One fit; a soft target is a bad and a good, each by its share."""
        features = tuple(lesson.features)
        rows, outcome, weight, tune = _rows(lesson)
        machine = _library()(**self._parameters(features, seed))
        with quiet():
            machine.fit(_frame(rows, features), outcome, weight, bags=self._bags(tune, seed))
        ensemble = ebm_trees.ensemble_of(machine, _codes(features))
        if self.cells:
            ensemble = ensemble.keep_trees(_largest(ensemble.tree_margins(rows), ensemble, self.cells))
        frame = new_frame.new_frame([f"f{i}" for i in range(len(features))])
        return EbmScorer(features, Calibration(), LgbmModel.of_trees(ensemble, frame), replace(self, search=0), seed)

    def _parameters(self, features: Sequence[Column], seed: int) -> dict[str, Any]:
        monotone = [column.monotone for column in features]
        return {
            "feature_names": [f"f{i}" for i in range(len(features))],
            "feature_types": ["nominal" if c.kind is Kind.CATEGORICAL else "continuous" for c in features],
            "interactions": min(self.pairs, len(features) * (len(features) - 1) // 2),
            "max_bins": self.bins,
            "max_interaction_bins": self.pair_bins,
            "outer_bags": self.bags,
            "max_rounds": self.rounds,
            "early_stopping_rounds": self.patience,
            "learning_rate": self.rate,
            "max_leaves": self.leaves,
            "reg_lambda": self.l2,
            "min_samples_leaf": self.min_rows,
            "random_state": seed,
            "n_jobs": 1,
            **({"monotone_constraints": monotone} if any(monotone) else {}),
        }

    def _bags(self, tune: NDArray[np.bool_], seed: int) -> NDArray[np.int8]:
        """Rows x bags: 1 learns, -1 decides when to stop, 0 stands aside; a single bag learns from all."""
        random, train = np.random.default_rng(seed), np.flatnonzero(~tune)
        bags = np.where(tune[:, None], np.int8(-1), np.zeros((len(tune), self.bags), np.int8))
        share = self.row_share if self.bags > 1 else 1.0
        for bag in bags.T:
            bag[random.permutation(train)[: max(1, round(share * len(train)))]] = 1
        return bags

    def drawn(self, seed: int) -> list[Self]:
        """Settings of the search; the first is the recipe's own."""
        draws = np.random.default_rng(seed)
        options = {
            "leaves": (2, 3, 4),
            "rate": (0.01, 0.02, 0.04),
            "l2": (0.0, 1.0, 10.0),
            "min_rows": (4, 10, 50),
            "pairs": (0, 5, 10, 20),
            "bins": (32, 64, 256),
        }
        drawn: list[dict[str, Any]] = [
            {name: values[draws.integers(len(values))] for name, values in options.items()}
            for _ in range(self.search - 1)
        ]
        return [replace(self, search=0, **settings) for settings in [{}, *drawn]]

    def small(self, leaves: int) -> list[Self]:
        """Settings for a machine of so many leaves in all: coarse or fine terms, with pairs or without."""
        shapes = product(SMALL_BINS, sorted({0, self.pairs}))
        return [replace(self, search=0, cells=leaves, bins=b, pair_bins=min(b, 8), pairs=p) for b, p in shapes]

    def taught(self, leaves: int, sizes: Sequence[int]) -> list[Self]:  # noqa: ARG002 - terms have no sizes of their own
        """The same settings."""
        return self.small(leaves)


def _rows(lesson: Lesson) -> tuple[Matrix, NDArray[np.int8], Vector, NDArray[np.bool_]]:
    """Rows (n x features) of train and tune, with outcomes, weights, and which are of tune."""
    samples, learnt = lesson.development, lesson.learnt
    parts = ((samples.train, learnt.train, False), (samples.tune, learnt.tune, True))
    made = []
    for sample, target, tune in parts:
        weight = np.ones(len(target)) if sample.weight is None else sample.weight
        for outcome, share in ((0, 1 - target), (1, target)):
            some = np.flatnonzero(share * weight > 0)
            made.append((sample.columns(lesson.features)[some], outcome, (share * weight)[some], tune))
    counts = [len(weight) for _, _, weight, _ in made]
    return (
        np.concatenate([rows for rows, *_ in made]),
        np.repeat(np.array([outcome for _, outcome, _, _ in made], np.int8), counts),
        np.concatenate([weight for _, _, weight, _ in made]),
        np.repeat([tune for *_, tune in made], counts),
    )


def _codes(features: Sequence[Column]) -> ebm_trees.Codes:
    nominal = [(i, column) for i, column in enumerate(features) if column.kind is Kind.CATEGORICAL]
    return {place: {str(code): code for code in range(len(column.categories))} for place, column in nominal}


def _frame(rows: Matrix, features: Sequence[Column]) -> pd.DataFrame:
    """Rows as interpret takes them: a category as the text of its code."""
    return pd.DataFrame(
        {
            f"f{place}": _texts(rows[:, place]) if column.kind is Kind.CATEGORICAL else rows[:, place]
            for place, column in enumerate(features)
        }
    )


def _texts(codes: Vector) -> NDArray[np.object_]:
    return np.array([None if np.isnan(code) else str(int(code)) for code in codes], object)


def _largest(margins: Matrix, trees: Any, cells: int) -> list[int]:
    """The terms that vary most, as long as they fit; in their order."""
    kept, left = [], cells
    for place in np.argsort(-margins.std(axis=0), kind="stable").tolist():
        if (size := trees.trees[place].n_leaves) <= left:
            kept.append(place)
            left -= size
    return sorted(kept)


def _library() -> Any:
    try:
        from interpret.glassbox import ExplainableBoostingClassifier
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("interpret"):
            raise
        raise RiskModelError("training an EBM needs interpret: pip install 'riskmodel[ebm]'") from error
    return ExplainableBoostingClassifier


@dataclass(frozen=True, eq=False)
class EbmScorer(LgbmScorer):
    """A tree a term; column i of the matrix is their feature i."""

    kind = "ebm"

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> BoosterScorer:
        return opened(cls, EbmRecipe, features, calibration, files)
