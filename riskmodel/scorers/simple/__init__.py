"""The simplest sub-model: a scorecard of a few features, averages and differences of two, chosen one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
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
    Matrix,
    Recipe,
    Sample,
    Scorer,
    Targets,
    Tick,
    Vector,
    canonical,
)
from riskmodel.errors import BundleError, UnsupportedScorer, cause
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.scorecard import FILE, ScorecardRecipe, ScorecardScorer
from riskmodel.scorers.scorecard.as_trees import as_trees
from riskmodel.scorers.scorecard.card import Row, card_of
from riskmodel.scorers.simple.choice import choose
from riskmodel.scorers.simple.terms import ScorecardTerm

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

TERMS = "terms.json"


@dataclass(frozen=True)
class SimpleRecipe(Recipe):
    """Terms are chosen on train, their number on tune."""

    terms: Annotated[int, Field(ge=1, le=100)] = 8  # at most
    screen: Annotated[int, Field(ge=1, le=100)] = 12  # features that may be paired
    max_bins: Annotated[int, Field(ge=2, le=100)] = 8
    min_share: Annotated[float, Field(gt=0, lt=0.5)] = 0.03

    @property
    def ticks(self) -> int:
        return self.terms

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int = 0,  # noqa: ARG002 - nothing is drawn
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> SimpleScorer:
        """The scorecard of the outcomes or of `targets`; bins are cut by the outcomes, whatever it is to learn."""
        train, tune = (_of(sample, features) for sample in (development.train, development.tune))
        learnt = targets or Targets.outcomes(development)
        settings = {"screen": self.screen, "max_bins": self.max_bins, "min_share": self.min_share}
        chosen = choose(train, tune, learnt, most=self.terms, tick=tick, **settings)  # type: ignore[arg-type]
        pairs = zip(chosen.candidates, chosen.fit.margins, strict=True)
        cards = tuple(card_of(candidate.evidence, margins) for candidate, margins in pairs)
        columns = tuple(candidate.column for candidate in chosen.candidates)
        card = ScorecardScorer(columns, Calibration(), chosen.fit.intercept, cards, ScorecardRecipe())
        terms = tuple(candidate.term for candidate in chosen.candidates)
        return SimpleScorer(tuple(features), Calibration(), terms, card, self)


def _of(sample: Sample, features: Sequence[Column]) -> Sample:
    return replace(sample, features=tuple(features), matrix=sample.columns(features))


@dataclass(frozen=True, eq=False)
class SimpleScorer(Convertible):
    """The terms, and a scorecard that has them for features."""

    kind = "simple"

    terms: tuple[ScorecardTerm, ...]
    card: ScorecardScorer
    recipe: SimpleRecipe

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.card.raw_margin(np.column_stack([term(matrix) for term in self.terms]))

    def table(self) -> tuple[Row, ...]:
        """The printed scorecard, a term after the other."""
        return self.card.recalibrated(self.calibration).table()

    def split_points(self) -> Points:
        """The edges of each term's bins, for every feature of it."""
        points: dict[int, list[float]] = {}
        for term, card in zip(self.terms, self.card.cards, strict=True):
            for column in term.features:
                points.setdefault(column, []).extend(card.bins.edges)
        return points

    def draw(self, drawing: Drawing, rows: str) -> str:
        """The terms in double precision, then the scorecard on them."""
        from riskmodel.onnx_export import tree_margin

        exact = drawing.cast(rows, np.float64)
        first, second = (np.array([term.features[at] for term in self.terms]) for at in (0, -1))
        one, other = (drawing.constant(np.array([term.weights[at] for term in self.terms])) for at in (0, 1))
        left = drawing.add("Mul", drawing.columns_of(exact, first), one)
        right = drawing.add("Mul", drawing.columns_of(exact, second), other)
        trees = as_trees(self.card.cards, self.card.intercept)
        return tree_margin(drawing, drawing.add("Add", left, right), trees, "float64")

    def files(self) -> Files:
        own = {"terms": [asdict(term) for term in self.terms], "recipe": asdict(self.recipe)}
        return {TERMS: canonical(own), **self.card.files()}

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> Self:
        """A saved scorer. Raises: BundleError."""
        try:
            saved = json.loads(files[TERMS])
            terms = tuple(ScorecardTerm.from_data(term, len(features)) for term in saved["terms"])
            recipe = SimpleRecipe(**saved["recipe"])
            columns = tuple(term.column(features) for term in terms)
            card = ScorecardScorer.from_files(columns, Calibration(), {FILE: files[FILE]})
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{TERMS} is damaged: {cause(error)}") from error
        return cls(tuple(features), calibration, terms, card, recipe)

    @property
    def pd_tolerance(self) -> float:
        return FIXED_ORDER

    def complexity(self) -> Complexity:
        return replace(
            self.card.complexity(),
            features=len({place for term in self.terms for place in term.features}),
            bytes=sum(map(len, self.files().values())),
        )

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:
        if size < 1:
            raise UnsupportedScorer(f"a simple scorecard has no size: it must be 1, however: {size:g}")
        return self.recipe.fit(development, features)
