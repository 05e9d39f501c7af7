"""A scorecard: every feature in a few bins, every bin with its points; a PD is a sum that can be checked by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, reduce
from math import log2
from operator import add
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field

from riskmodel.core import (
    FIXED_ORDER,
    Calibration,
    Column,
    Complexity,
    Development,
    Files,
    Kind,
    Matrix,
    Outcome,
    Recipe,
    Scale,
    Targets,
    Tick,
    Vector,
    canonical,
)
from riskmodel.core.work import PRICES
from riskmodel.errors import BundleError, UnsupportedScorer, cause
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.scorecard.as_trees import as_trees
from riskmodel.scorers.scorecard.binning import by_level, by_tree, count, in_direction, weight_of_evidence
from riskmodel.scorers.scorecard.card import Card, Row, card_of, rows_of
from riskmodel.scorers.scorecard.fitting import BinnedFeature, fit
from riskmodel.stats import log_loss, weighted
from riskmodel.trees.parts import TreePart

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

PENALTIES = (300.0, 100.0, 30.0, 10.0, 1.0)  # the one with the least log-loss on tune is taken
FILE = "scorecard.json"


@dataclass(frozen=True)
class ScorecardRecipe(Recipe):
    """Supervised bins, weight of evidence, ridge logistic regression; features with the wrong sign are dropped."""

    max_bins: Annotated[int, Field(ge=2, le=100)] = 12  # of a number, missing apart
    min_share: Annotated[float, Field(gt=0, lt=0.5)] = 0.02  # of the rows, in a bin of numbers
    rare_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.02  # levels with fewer of the rows share a bin
    smoothing: Annotated[float, Field(gt=0)] = 1.0  # rows at the sample's bad rate, added to each bin
    pdo: Annotated[float, Field(gt=0)] = 20.0
    base_points: float = 600.0
    base_odds: Annotated[float, Field(gt=0)] = 50.0

    @property
    def ticks(self) -> int:
        return len(PENALTIES)

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int = 0,  # noqa: ARG002 - nothing is drawn
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> ScorecardScorer:
        """The scorecard whose penalty does best on tune; bins are cut by the outcomes, whatever it is to learn."""
        train, tune = development.train, development.tune
        columns = zip(train.columns(features).T, features, strict=True)
        evidence = [self._weighed(values, train.default, column, train.weight) for values, column in columns]
        learnt = targets or Targets.outcomes(development)
        candidates = []
        for penalty in PENALTIES:
            fitted = fit(evidence, learnt.train, penalty, train.weight)
            cards = tuple(card_of(e, margins) for e, margins in zip(evidence, fitted.margins, strict=True))
            candidates.append(ScorecardScorer(tuple(features), Calibration(), fitted.intercept, cards, self))
            tick()
        rows = tune.columns(features)
        return min(candidates, key=lambda scorer: _log_loss(scorer.raw_margin(rows), learnt.tune, tune.weight))

    def _weighed(self, values: Vector, default: Outcome, column: Column, weight: Vector | None) -> BinnedFeature:
        if column.kind is Kind.CATEGORICAL:
            bins = by_level(values, column, self.rare_share, weight)
        else:
            bins = by_tree(values, default, self.max_bins, self.min_share, weight)
            bins = in_direction(bins, values, default, column.monotone, self.smoothing, weight)
        codes = bins.of(values)
        rows, bads = count(codes, default, len(bins), weight)
        woe = weight_of_evidence(rows, bads, self.smoothing)
        return BinnedFeature(bins, codes, rows, bads, woe, steps=column.monotone == 0)


def _log_loss(margin: Vector, target: Vector, weight: Vector | None) -> float:
    return weighted.mean(log_loss.of_margin(margin, target), weight)


@dataclass(frozen=True, eq=False)
class ScorecardScorer(Convertible):
    """A fitted scorecard: the sum of one number a feature."""

    kind = "scorecard"

    intercept: float
    cards: tuple[Card, ...]
    recipe: ScorecardRecipe

    def raw_margin(self, matrix: Matrix) -> Vector:
        if len(matrix) == 1:  # the same sum, without an array a feature
            return np.array([reduce(add, self._points_of(matrix[0]).values(), self.intercept)])
        total = np.full(len(matrix), self.intercept)
        for position, card, margins in self._used:
            total += margins[card.bins.of(matrix[:, position])]
        return total

    def contributions(self, matrix: Matrix) -> Matrix:
        """What each feature adds to the raw margin, which is its exact SHAP value: n x (features + 1).

        A feature adds 0 on average over the train sample; the last column is the intercept.
        """
        parts = np.zeros((len(matrix), len(self.cards) + 1))
        parts[:, -1] = self.intercept
        if len(matrix) == 1:
            points = self._points_of(matrix[0])
            parts[0, list(points)] = list(points.values())
            return parts
        for position, card, margins in self._used:
            parts[:, position] = margins[card.bins.of(matrix[:, position])]
        return parts

    def _points_of(self, row: Vector) -> dict[int, float]:
        """What each used feature adds to the margin of one row, by its place."""
        values = row.tolist()
        return {place: card.margins[card.bins.of_one(values[place])] for place, card, _ in self._used}

    @cached_property
    def _used(self) -> list[tuple[int, Card, Vector]]:
        return [(i, card, np.array(card.margins)) for i, card in enumerate(self.cards) if card.is_used]

    def table(self) -> tuple[Row, ...]:
        """The printed scorecard: what an application starts with, then every bin of every feature."""
        scale = Scale(self.recipe.pdo, self.recipe.base_points, self.recipe.base_odds)
        start = self.calibration.intercept + self.calibration.slope * self.intercept
        return tuple(rows_of(self.features, self.cards, start, self.calibration.slope, scale))

    def split_points(self) -> Points:
        """The edges of each feature's bins."""
        return {place: card.bins.edges for place, card in enumerate(self.cards)}

    def draw(self, drawing: Drawing, rows: str) -> str:
        from riskmodel.onnx_export import tree_margin

        return tree_margin(drawing, rows, as_trees(self.cards, self.intercept))

    def tree_parts(self) -> tuple[TreePart, ...]:
        """A tree a feature that is used; its points add 0 on average."""
        return (TreePart(as_trees(self.cards, self.intercept), centred=True),)

    @property
    def read_features(self) -> tuple[int, ...]:
        """The features that have points."""
        return tuple(place for place, _, _ in self._used)

    def narrowed(self, places: Sequence[int]) -> Self:
        """The same card of these features alone, in this order."""
        features, cards = tuple(self.features[i] for i in places), tuple(self.cards[i] for i in places)
        return replace(self, features=features, cards=cards)

    def files(self) -> Files:
        cards = [asdict(card) for card in self.cards]
        return {FILE: canonical({"recipe": asdict(self.recipe), "intercept": self.intercept, "features": cards})}

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> Self:
        """A saved scorecard. Raises: BundleError."""
        try:
            data = json.loads(files[FILE])
            cards = tuple(Card.from_data(card) for card in data["features"])
            recipe, intercept = ScorecardRecipe(**data["recipe"]), float(data["intercept"])
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{FILE} is damaged: {cause(error)}") from error
        if len(cards) != len(features):
            raise BundleError(f"{FILE} has {len(cards)} features, however: the manifest {len(features)}")
        return cls(features, calibration, intercept, cards, recipe)

    @property
    def pd_tolerance(self) -> float:
        return FIXED_ORDER

    def complexity(self) -> Complexity:
        margins = [margin for _, card, _ in self._used for margin in card.margins]
        edges = [len(card.bins.edges) for _, card, _ in self._used]
        return Complexity(
            features=len(self._used),
            parameters=1 + len(margins) + sum(edges),
            connections=1 + sum(margin != 0 for margin in margins) + sum(edges),
            work=PRICES.scorecard_step * sum(1 + log2(1 + count) for count in edges),  # a search, and one addition
            bytes=sum(map(len, self.files().values())),
        )

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> ScorecardScorer:
        if size < 1:
            raise UnsupportedScorer(f"a scorecard has no size: it must be 1, however: {size:g}")
        return self.recipe.fit(development, features)
