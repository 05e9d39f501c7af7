"""What all boosters have in common: a small seeded search, the rival of the same size from scratch."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np

from riskmodel.core import (
    FIXED_ORDER,
    Calibration,
    Column,
    Complexity,
    Development,
    Files,
    Matrix,
    Sample,
    Targets,
    Tick,
    Vector,
    canonical,
)
from riskmodel.errors import BundleError, cause
from riskmodel.scorers.base.booster_model import BoosterModel
from riskmodel.scorers.base.booster_settings import BoosterSettings
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.stats import log_loss, weighted
from riskmodel.stats.forward import Forward, forward, steadiest
from riskmodel.trees import TreeEnsemble, TreePart
from riskmodel.trees.edit.affine import folded

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

Recipes = TypeVar("Recipes", bound="BoosterRecipe")


@dataclass(frozen=True, eq=False)
class Lesson:
    """What boosters learn from; the library's own form of the rows is made once for all fits that can share it."""

    development: Development
    features: Sequence[Column]
    targets: Targets | None = None  # the outcomes, where None
    native: dict[int, Any] = field(default_factory=dict)  # by what it depends on

    @property
    def learnt(self) -> Targets:
        return self.targets or Targets.outcomes(self.development)


@dataclass(frozen=True)
class BoosterRecipe(BoosterSettings):
    """Gradient boosting with early stopping on tune."""

    @abstractmethod
    def learn(self, lesson: Lesson, seed: int) -> BoosterScorer:
        """One fit of exactly these settings, stopped when log-loss on tune has not fallen for `patience` rounds."""

    def train(
        self, development: Development, features: Sequence[Column], seed: int, targets: Targets | None = None
    ) -> BoosterScorer:
        """The same, where `targets` are given on them in place of the outcomes."""
        return self.learn(Lesson(development, features, targets), seed)

    @property
    def ticks(self) -> int:
        return max(1, self.search)

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> BoosterScorer:
        """The best setting of the search by log-loss on tune; out of time, the one that holds across later periods."""
        tried = self.drawn(seed) if self.search else [self]
        then = forward(development) if len(tried) > 1 and targets is None else None
        if then is not None:
            tried = [_steadiest(tried, then, features, seed, tick)]
        return best(tried, development, features, seed, tick if then is None else _silent, targets=targets)


def best(
    recipes: Sequence[BoosterRecipe],
    development: Development,
    features: Sequence[Column],
    seed: int,
    tick: Tick = lambda: None,
    *,
    targets: Targets | None = None,
) -> BoosterScorer:
    """The scorer with the lowest log-loss on tune; the first of equals."""
    lesson = Lesson(development, features, targets)
    fitted = []
    for candidate in recipes:
        fitted.append(candidate.learn(lesson, seed))
        tick()
    return min(fitted, key=lambda scorer: _log_loss(scorer, development.tune, lesson.learnt.tune))


def _steadiest(recipes: Sequence[Recipes], then: Forward, features: Sequence[Column], seed: int, tick: Tick) -> Recipes:
    """The setting whose model of the earlier rows holds across the later periods."""
    lesson, matrix, losses = Lesson(then.earlier, features), then.later.columns(features), []
    for candidate in recipes:
        losses.append(then.losses(candidate.learn(lesson, seed).native_margin(matrix)))
        tick()
    return recipes[steadiest(np.array(losses))]


def _silent() -> None:
    """Progress that was already told."""


def _log_loss(scorer: BoosterScorer, sample: Sample, outcome: Vector) -> float:
    margin = scorer.native_margin(sample.columns(scorer.features))  # compiling a model that is not kept is a waste
    return weighted.mean(log_loss.of_margin(margin, outcome), sample.weight)


@dataclass(frozen=True, eq=False)
class BoosterScorer(Convertible):
    """A native booster with the recipe that made it; column i of the matrix is its feature i."""

    model_type: ClassVar[type[BoosterModel[Any]]]
    file_name: ClassVar[str]

    native: BoosterModel[Any]  # a `model_type`
    recipe: BoosterRecipe
    seed: int

    @property
    def model(self) -> bytes:
        """Its library's own file."""
        return self.native.content

    @property
    def binary_model(self) -> bytes:
        """The same in its library's binary format, where it has one."""
        return self.model

    @property
    def ensemble(self) -> TreeEnsemble:
        """Its trees, as its file says them."""
        return self.native.ensemble

    def tree_parts(self) -> tuple[TreePart, ...]:
        """All of it is trees."""
        return (TreePart(self.ensemble),)

    @property
    def read_features(self) -> tuple[int, ...]:
        """The columns that some split asks for."""
        return self.ensemble.used_features

    def narrowed(self, places: Sequence[int]) -> Self:
        """The same trees on these columns alone, in this order."""
        return replace(
            self, native=self.native.narrowed(places), features=tuple(self.features[place] for place in places)
        )

    def with_ensemble(self, ensemble: TreeEnsemble) -> Self:
        """A scorer of the same library with these trees; its file is written when it is asked for."""
        return replace(self, native=self.native.with_ensemble(ensemble))

    def standalone(self) -> Self:
        """The same PDs from the library's file alone: the calibration in its leaves, its features by their names.

        Raises: RiskModelError where two features would have one name in it.
        """
        line, native = self.calibration, self.native
        if line != Calibration():
            native = native.with_ensemble(folded(native.ensemble, line))
        native = native.with_names([column.name for column in self.features])
        return replace(self, native=native, calibration=Calibration())

    @property
    @abstractmethod
    def native_names(self) -> tuple[str, ...]:
        """What the library's file calls its features, in their order."""

    @abstractmethod
    def native_pd(self, matrix: Matrix) -> Vector:
        """What the library's own `predict` gives for rows (n x features): probabilities (n), no calibration of ours."""

    @abstractmethod
    def native_margin(self, matrix: Matrix) -> Vector:
        """The library's own uncalibrated log-odds (n): what the compiled trees are checked against."""

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.native.compiled.margins(matrix)

    @abstractmethod
    def contributions(self, matrix: Matrix) -> Matrix:
        """The library's own SHAP values: n x (features + 1), log-odds; the last column is the expected margin."""

    def split_points(self) -> Points:
        """Every threshold of a column; and 0, which LightGBM may take for missing."""
        points: dict[int, list[float]] = {}
        for tree in self.ensemble.trees:
            for node in np.flatnonzero(~tree.is_leaf):
                points.setdefault(int(tree.feature[node]), []).append(float(tree.threshold[node]))
        return {column: [*thresholds, 0.0] for column, thresholds in points.items()}

    def draw(self, drawing: Drawing, rows: str) -> str:
        from riskmodel.onnx_export import tree_margin

        return tree_margin(drawing, rows, self.ensemble)

    def files(self) -> Files:
        recipe = canonical({"seed": self.seed, "options": asdict(self.recipe)})
        return {self.file_name: self.model, "recipe.json": recipe}

    @property
    def pd_tolerance(self) -> float:
        return FIXED_ORDER

    def complexity(self) -> Complexity:
        trees = self.ensemble
        inner = trees.n_nodes - trees.n_leaves
        numbers = trees.n_leaves + 2 * inner  # a leaf has a value; a split has a feature and a threshold
        return Complexity(
            features=len(trees.used_features),
            parameters=numbers,
            connections=numbers - sum(int((tree.value[tree.is_leaf] == 0).sum()) for tree in trees.trees),
            work=trees.visits,
            bytes=sum(map(len, self.files().values())),
            trees=len(trees.trees),
            nodes=trees.n_nodes,
            leaves=trees.n_leaves,
        )

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> BoosterScorer:
        """From scratch: the same settings, or at a smaller size the best of a grid with that many leaves in all."""
        if size == 1.0:
            return self.recipe.train(development, features, self.seed)
        return best(self.recipe.small(round(size * self.ensemble.n_leaves)), development, features, self.seed)

    def student(
        self, development: Development, targets: Targets, leaves: int, sizes: Sequence[int] = (4, 8, 16)
    ) -> BoosterScorer:
        """From scratch, on soft outcomes: the best of a grid with at most so many leaves in all."""
        return best(self.recipe.taught(leaves, sizes), development, self.features, self.seed, targets=targets)


def opened(
    kind: type[BoosterScorer],
    recipe: type[BoosterRecipe],
    features: tuple[Column, ...],
    calibration: Calibration,
    files: Files,
) -> BoosterScorer:
    """A saved booster; its text is parsed by our own reader before the library sees it. Raises: BundleError."""
    try:
        saved = json.loads(files["recipe.json"])
        scorer = kind(
            features, calibration, kind.model_type(files[kind.file_name]), recipe(**saved["options"]), saved["seed"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"recipe.json is damaged: {cause(error)}") from error
    if scorer.ensemble.n_features != len(features):
        raise BundleError(f"the model has {scorer.ensemble.n_features} features, however: the manifest {len(features)}")
    return scorer
