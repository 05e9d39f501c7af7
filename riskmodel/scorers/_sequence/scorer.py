"""A trained sequence network and the encoding of its inputs; training needs torch, scoring numpy alone."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from riskmodel.config.sequence import Channels
from riskmodel.core import Calibration, Column, Complexity, Development, Files, Matrix, Targets, Tick, Vector
from riskmodel.core.work import PRICES
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.networks import USUAL, Single, Taught, Tuning
from riskmodel.networks.graph import Graph
from riskmodel.networks.sequences import SequenceNetwork
from riskmodel.networks.sequences.network import NONE
from riskmodel.scorers._sequence.columns import check_columns, encoding_of
from riskmodel.scorers._sequence.recipe import SequenceRecipe
from riskmodel.scorers.base import network_files
from riskmodel.scorers.base.convertible import Convertible
from riskmodel.scorers.base.encoding import Encoding
from riskmodel.scorers.base.network import paced

if TYPE_CHECKING:
    from riskmodel.onnx_export import Drawing
    from riskmodel.scorers.base.synthetic_inputs import Points


@dataclass(frozen=True, eq=False)
class SequenceScorer(Convertible, ABC):
    """Months in order, and features that stand beside them."""

    recipe_type: ClassVar[type[SequenceRecipe]]

    encoding: Encoding
    sequence_network: SequenceNetwork
    recipe: Any  # a `recipe_type`
    seed: int

    @classmethod
    def fitted(  # noqa: PLR0917
        cls,
        recipe: SequenceRecipe,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        targets: Targets | None = None,
    ) -> Self:
        """A scorer trained from scratch; months whose columns are no features any more are empty."""
        matrix = development.train.columns(features)[recipe.drawn(len(development.train), seed)]
        encoding, months = encoding_of(matrix, features, recipe.sequence)
        untrained = recipe.untrained(encoding(matrix), months, seed)
        scorer = cls(tuple(features), Calibration(), encoding, untrained, recipe, seed)
        return scorer._trained(development, recipe.epochs, Tuning(targets=targets), tick)

    @classmethod
    def checked_fit(  # noqa: PLR0917
        cls,
        recipe: SequenceRecipe,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick,
        targets: Targets | None,
    ) -> Self:
        """`fitted`, where every month that is named must be a number. Raises: DataError."""
        check_columns(recipe.sequence, features)
        return cls.fitted(recipe, development, features, seed, tick, targets)

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Self:
        return self.fitted(self.recipe.resized(self.sequence_network, size), development, features, self.seed)

    def _trained(self, development: Development, epochs: int, how: Tuning, tick: Tick = lambda: None) -> Self:
        targets = how.targets or Targets.outcomes(development)
        pairs = zip((development.train, development.tune), (targets.train, targets.tune), strict=True)
        samples = [self._taught(sample.columns(self.features), target, sample.weight) for sample, target in pairs]
        recipe, whole, sometimes = paced(self.recipe, len(samples[0].target), epochs, tick)
        recipe = replace(recipe, epochs=whole)
        module, train = _torch()
        with train.reproducible(self.seed, recipe.threads):
            network = train.stepped(
                module.SequenceModule(self.sequence_network, recipe.dropout),
                self.sequence_network,
                tuple(samples),
                recipe,
                how,
                tick=sometimes,
            )
        return replace(self, sequence_network=network)

    def _taught(self, matrix: Matrix, target: Vector, weight: Vector | None) -> Taught:
        rows = self.recipe.drawn(len(target), self.seed)
        return Taught(self.encoded(matrix[rows]), target[rows], None if weight is None else weight[rows])

    # ------------------------------------------------------------------------------------------- scoring

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.sequence_network.margin(self.encoded(matrix))

    def encoded(self, matrix: Matrix) -> Single:
        """The inputs of its network, n x inputs."""
        return self.encoding(matrix)

    def split_points(self) -> Points:
        return self.encoding.split_points()

    def draw(self, drawing: Drawing, rows: str) -> str:
        from riskmodel.onnx_export import graph_margin

        encoded = self.encoding.draw(drawing, drawing.cast(rows, np.float64))
        network = self.sequence_network
        return graph_margin(drawing, encoded, network.graph, network.places)

    # ------------------------------------------------------------------------------------------- pruning

    @property
    def graph(self) -> Graph:
        return self.sequence_network.graph

    def with_graph(self, graph: Graph) -> Self:
        return replace(self, sequence_network=self.sequence_network.with_graph(graph))

    def fine_tune_graph(self, graph: Graph, development: Development, epochs: int, how: Tuning = USUAL) -> Self:
        """The scorer with `graph` trained on by its recipe; zero weights stay zero."""
        return self.with_graph(graph)._trained(development, epochs, how)

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        return self.sequence_network.sources(self.encoded(matrix))

    @property
    def input_columns(self) -> NDArray[np.intp]:
        """The feature that each input of its network is of."""
        return self.encoding.columns

    @property
    def channels(self) -> Channels:
        """The columns of each channel, the oldest month first."""
        channels: Channels = self.recipe.sequence
        return channels

    @property
    def source_columns(self) -> Mapping[str, NDArray[np.intp]]:
        columns = np.append(self.input_columns, NONE)
        return {source.name: columns[self.sequence_network.places(source.name)] for source in self.graph.sources}

    # ------------------------------------------------------------------------------------ files and size

    def files(self) -> Files:
        return network_files.written(self.recipe, self.seed, self.encoding, self.sequence_network.arrays)

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> Self:
        """The scorer that `files` wrote; no trainer is needed. Raises: BundleError."""
        read = network_files.read(files, cls.kind, cls.recipe_type, SequenceNetwork.from_arrays)
        recipe, seed, encoding, network = read
        if network.inputs > (due := len(encoding.numeric) + len(encoding.flagged) + len(encoding.levelled)):
            raise BundleError(
                f"the network of a {cls.kind} scorer reads {network.inputs} inputs, however: {due} there are"
            )
        return cls(tuple(features), calibration, encoding, network, recipe, seed)

    def complexity(self) -> Complexity:
        network = self.sequence_network
        return Complexity(
            features=self.encoding.used,
            parameters=network.parameters,
            connections=network.connections,
            work=network.graph.work * PRICES.multiply_add,
            bytes=sum(len(content) for content in self.files().values()),
            neurons=network.neurons,
            weights=sum(dense.weight.size for dense in {d.tie or d.name: d for d in self.graph.dense_layers}.values()),
        )


def _torch() -> tuple[ModuleType, ModuleType]:
    try:
        from riskmodel.scorers._sequence import module
        from riskmodel.scorers.neural import train
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise RiskModelError("training a network needs torch: pip install 'riskmodel[neural]'") from error
    return module, train
