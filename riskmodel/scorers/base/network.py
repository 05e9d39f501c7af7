"""What the scorers with a network share: the encoding of its inputs, files, complexity, and how it is trained on.

One of them trains with torch, the other with scikit-learn; scoring and planning a cut need neither.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import (
    Calibration,
    Column,
    Complexity,
    Development,
    Files,
    Matrix,
    Recipe,
    Sample,
    Targets,
    Tick,
    Vector,
)
from riskmodel.core.work import PRICES
from riskmodel.errors import RiskModelError
from riskmodel.networks import USUAL, HasMargin, Network, Single, Taught, Tuning, network_report
from riskmodel.scorers.base import network_files
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.base.encoding import Encoding, learn

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points

Count = Annotated[int, Field(ge=1)]
Widths = Annotated[Sequence[Count], Field(min_length=1)]


Trained = TypeVar("Trained", bound=HasMargin)

SMALLEST, STEPS = 32, 32  # rows of a batch, and batches of an epoch, at least where there are the rows


@dataclass(frozen=True)
class Pace:
    """Rows a step, and how many times more epochs than were asked for."""

    batch: int
    more: float

    def epochs(self, asked: int) -> int:
        return math.ceil(asked * self.more - 1e-9)


@dataclass(frozen=True)
class TrainingRecipe(Recipe):
    """How a network is trained: what all trainers need."""

    hidden: Widths = (64, 64)  # neurons of each layer
    epochs: Count = 30  # more of them where these come to fewer than `least_steps`
    patience: Count = 8  # epochs without a better log-loss on tune; as many times more of them as there are more epochs
    batch: Count = 256  # rows a step; fewer on few rows, so that an epoch has 32 steps, but at least 32
    least_steps: Annotated[int, Field(ge=0)] = 1500  # of the optimiser; 0: epochs and batch stay as they are
    rate: Annotated[float, Field(gt=0, le=1)] = 2e-3
    decay: Annotated[float, Field(ge=0, le=1)] = 3e-4
    rows: Count | None = None  # of train, and of tune, that it learns from at most, drawn by the seed; None: all

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))  # TOML and JSON have lists

    @property
    def ticks(self) -> int:
        return self.epochs

    def drawn(self, rows: int, seed: int) -> NDArray[np.intp]:
        """The rows of a sample that the network learns from, in their order."""
        wanted = min(rows, self.rows or rows)
        return np.sort(np.random.default_rng(seed).permutation(rows)[:wanted])

    def pace(self, rows: int) -> Pace:
        """How these rows are gone through: by steps, since few rows make few steps an epoch."""
        if not self.least_steps:
            return Pace(self.batch, 1.0)
        batch = min(self.batch, max(SMALLEST, rows // STEPS))
        return Pace(batch, max(1.0, self.least_steps / (self.epochs * math.ceil(rows / batch))))


@dataclass(frozen=True)
class NetworkRecipe(TrainingRecipe):
    """How a network of dense layers is trained."""

    @abstractmethod
    def untrained(self, encoding: Encoding, inputs: Single, seed: int) -> Network:
        """The network before its first epoch; `inputs` are those of train, n x (f + i)."""


AnyRecipe = TypeVar("AnyRecipe", bound=TrainingRecipe)


def paced(recipe: AnyRecipe, rows: int, epochs: int, tick: Tick) -> tuple[AnyRecipe, int, Tick]:
    """The recipe and the epochs at the pace of these rows; the new tick ticks as often as epochs were asked for."""
    pace = recipe.pace(rows)
    whole, done = pace.epochs(epochs), count(1)

    def sometimes() -> None:
        epoch = next(done)
        for _ in range(epoch * epochs // whole - (epoch - 1) * epochs // whole):
            tick()

    return replace(recipe, batch=pace.batch, patience=pace.epochs(recipe.patience)), whole, sometimes


class Best(Generic[Trained]):
    """Remembers the network with the least loss on tune; the one it starts with is epoch 0."""

    def __init__(self, network: Trained, tune: Taught) -> None:
        self.network, self.epoch, self._tune = network, 0, tune
        self._loss = tune.loss(network)

    def observe(self, network: Trained, epoch: int) -> None:
        if (loss := self._tune.loss(network)) < self._loss:
            self.network, self.epoch, self._loss = network, epoch, loss


@dataclass(frozen=True, eq=False)
class EncodedScorer(Convertible, ABC):
    """A trained network and the encoding of its inputs."""

    recipe_type: ClassVar[type[NetworkRecipe]]

    encoding: Encoding
    network: Network
    recipe: Any  # a `recipe_type`
    seed: int

    @abstractmethod
    def _train(self, network: Network, samples: tuple[Taught, Taught], epochs: int, how: Tuning, tick: Tick) -> Network:
        """The network after its best epoch on tune; epoch 0 is the network as given."""

    @classmethod
    def fitted(
        cls,
        recipe: NetworkRecipe,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick,
        *,
        targets: Targets | None = None,
        knots: int | None = None,
    ) -> Self:
        """A scorer of these features, trained from scratch; of each number's curve it has at most so many knots."""
        matrix = development.train.columns(features)[recipe.drawn(len(development.train), seed)]
        encoding = learn(matrix, features)
        encoding = encoding if knots is None else encoding.thinned(knots)
        untrained = recipe.untrained(encoding, encoding(matrix), seed)
        scorer = cls(tuple(features), Calibration(), encoding, untrained, recipe, seed)
        return scorer.trained(untrained, development, recipe.epochs, Tuning(targets=targets), tick)

    def split_points(self) -> Points:
        return self.encoding.split_points()

    def draw(self, drawing: Drawing, rows: str) -> str:
        from riskmodel.onnx_export import network_margin

        encoded = self.encoding.draw(drawing, drawing.cast(rows, np.float64))
        return network_margin(drawing, encoded, self.network)

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.network.margin(self.encoded(matrix))

    def encoded(self, matrix: Matrix) -> Single:
        return self.encoding(matrix)

    @property
    def input_columns(self) -> NDArray[np.intp]:
        """The feature that each input of its network is of."""
        return self.encoding.columns

    def with_network(self, network: Network) -> Self:
        return replace(self, network=network)

    def fine_tune(self, network: Network, development: Development, epochs: int, how: Tuning = USUAL) -> Self:
        """The scorer with `network` trained on; zero weights stay zero."""
        return self.trained(network, development, epochs, how) if epochs else self.with_network(network)

    def early(self, development: Development, epochs: int) -> Network:
        """The network after these epochs of the training that its recipe and seed lead to, which is done again."""
        samples = self._samples(development, USUAL)
        untrained = self.recipe.untrained(self.encoding, samples[0].inputs, self.seed)
        if epochs == 0:
            return untrained
        return self._paced(untrained, samples, self.recipe.epochs, Tuning(until=epochs), lambda: None)

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Self:
        """The recipe from scratch, with this share of the neurons that each hidden layer has now, and at least one."""
        hidden = tuple(max(1, round(size * width)) for width in self.network.widths)
        return self.fitted(replace(self.recipe, hidden=hidden), development, features, self.seed, lambda: None)

    def trained(
        self, network: Network, development: Development, epochs: int, how: Tuning = USUAL, tick: Tick = lambda: None
    ) -> Self:
        """The scorer with `network` after its best epoch on tune."""
        return self.with_network(self._paced(network, self._samples(development, how), epochs, how, tick))

    def _paced(self, network: Network, samples: tuple[Taught, Taught], epochs: int, how: Tuning, tick: Tick) -> Network:
        """`_train` at the pace of these rows; `tick` is called as often as epochs were asked for."""
        recipe, whole, sometimes = paced(self.recipe, len(samples[0].target), epochs, tick)
        tuning = replace(how, until=self.recipe.pace(len(samples[0].target)).epochs(how.until))
        return replace(self, recipe=recipe)._train(network, samples, whole, tuning, sometimes)

    def _samples(self, development: Development, how: Tuning) -> tuple[Taught, Taught]:
        targets = how.targets or Targets.outcomes(development)
        return self._encoded(development.train, targets.train), self._encoded(development.tune, targets.tune)

    def _encoded(self, sample: Sample, target: Vector) -> Taught:
        rows = self.recipe.drawn(len(sample), self.seed)
        weight = None if sample.weight is None else sample.weight[rows]
        return Taught(self.encoded(sample.columns(self.features)[rows]), target[rows], weight)

    def files(self) -> Files:
        return network_files.written(self.recipe, self.seed, self.encoding, self.network.arrays)

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> Self:
        """The scorer that `files` wrote; no trainer is needed. Raises: BundleError."""
        read = network_files.read(files, cls.kind, cls.recipe_type, Network.from_arrays)
        recipe, seed, encoding, network = read
        return cls(tuple(features), calibration, encoding, network, recipe, seed)

    def complexity(self) -> Complexity:
        report = network_report(self.network)
        return Complexity(
            features=self.encoding.used,
            parameters=report.parameters,
            connections=report.nonzeros,
            work=report.work * PRICES.multiply_add,
            bytes=sum(len(content) for content in self.files().values()),
            neurons=report.neurons,
            weights=report.connections,
        )


def diverged() -> RiskModelError:
    """What is said where a loss is no number."""
    return RiskModelError("training a network diverged: rate must be smaller")
