"""Months through a cell, what stands beside them after it, and dense layers on both; in numpy, in single precision.

As a graph, one use of a matrix a month, it is cut and drawn as any network is. It refuses arrays that do not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.networks.graph import Activation, Concatenation, Dense, Graph, GraphSource, Node
from riskmodel.networks.network import CHUNK, Array, Single
from riskmodel.networks.sequences.cells import ConvCell, GruCell, SequenceCell, doubles

Places = NDArray[np.int32]
NONE = -1  # the place of an input that a month does not have


@dataclass(frozen=True, eq=False)
class SequenceNetwork:
    """`months` and `beside` are places in a row of encoded inputs."""

    months: Places  # months x inputs of one month, the oldest first
    beside: Places
    cell: SequenceCell
    weights: tuple[Array, ...]  # of the dense layers, outputs x inputs: first the cell's outputs, then `beside`
    biases: tuple[Array, ...]

    def __post_init__(self) -> None:
        try:
            self.graph  # noqa: B018 - it holds all widths to one another
        except (RiskModelError, IndexError, KeyError, ValueError) as error:
            raise RiskModelError(f"the layers of a sequence network must fit together: {error}") from error

    def margin(self, encoded: Single) -> Vector:
        """Log-odds (n); `encoded` is n x inputs."""
        out = np.empty(len(encoded), np.float64)
        for start in range(0, len(encoded), CHUNK):
            out[start : start + CHUNK] = self._logits(encoded[start : start + CHUNK])
        return out

    def _logits(self, encoded: Single) -> Array:
        padded = np.pad(encoded, ((0, 0), (0, 1)))  # the last column is what NONE takes
        current: Array = np.concatenate([self.cell.outputs(padded[:, self.months]), encoded[:, self.beside]], axis=1)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            current = np.maximum(current @ weight.T + bias, 0)
        logits: Array = (current @ self.weights[-1].T + self.biases[-1])[:, 0]
        return logits

    # -------------------------------------------------------------------------------------------- as a graph

    @cached_property
    def graph(self) -> Graph:
        """The same function in layers."""
        count, each = self.months.shape
        months = [GraphSource(f"month{i}", each) for i in range(1, count + 1)]
        beside = [GraphSource("beside", len(self.beside))] if len(self.beside) else []
        nodes, ends = self.cell.nodes([month.name for month in months])
        nodes.append(Concatenation("joined", (*ends, *(source.name for source in beside))))
        nodes += self._dense_nodes()
        return Graph((*months, *beside), tuple(nodes), nodes[-1].name)

    def _dense_nodes(self) -> list[Node]:
        nodes, current = list[Node](), "joined"
        for name, (weight, bias) in doubles(self._head).items():
            nodes.append(Dense(name, current, weight, bias))
            current = f"{name}_relu"
            nodes.append(Activation(current, name, "Relu"))
        return nodes[:-1]  # what comes out is a log-odds

    @property
    def _head(self) -> dict[str, tuple[Array, Array]]:
        return {f"dense{i}": pair for i, pair in enumerate(zip(self.weights, self.biases, strict=True), start=1)}

    def with_graph(self, graph: Graph) -> SequenceNetwork:
        """The network whose graph this is: one of its own with other weights, or fewer units."""
        layers = {dense.tie or dense.name: (_single(dense.weight), _single(dense.bias)) for dense in graph.dense_layers}
        layers["start"] = layers.get("h0", (np.empty((0, 0), np.float32),) * 2)
        weights, biases = zip(*(layers[name] for name in self._head), strict=True)
        return replace(self, cell=self.cell.with_layers(layers), weights=tuple(weights), biases=tuple(biases))

    def places(self, source: str) -> Places:
        """Where in a row of encoded inputs a source of the graph stands; NONE is 0."""
        return self.beside if source == "beside" else self.months[int(source.removeprefix("month")) - 1]

    def sources(self, encoded: Single) -> Mapping[str, Matrix]:
        """What the graph is given of these rows."""
        padded = np.pad(encoded.astype(np.float64), ((0, 0), (0, 1)))
        return {source.name: padded[:, self.places(source.name)] for source in self.graph.sources}

    # --------------------------------------------------------------------------------------------- as arrays

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by its name; `from_arrays` is the way back."""
        named: dict[str, NDArray[Any]] = {"months": self.months, "beside": self.beside}
        if isinstance(self.cell, ConvCell):
            named["spans"] = np.array(self.cell.spans, np.int32)
        for name, (weight, bias) in {**self.cell.layers, **self._head}.items():
            named |= {f"{name}.weight": weight, f"{name}.bias": bias}
        return named

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> SequenceNetwork:
        """The network that `arrays` describes. Raises: BundleError where one is missing or does not fit."""
        stems = dict.fromkeys(name.removesuffix(".weight") for name in arrays if name.endswith(".weight"))
        try:
            layers = {stem: (arrays[f"{stem}.weight"], arrays[f"{stem}.bias"]) for stem in stems}
            head = [layers[f"dense{i}"] for i in range(1, sum(stem.startswith("dense") for stem in stems) + 1)]
            weights, biases = zip(*head, strict=True)
            cell = _conv(layers, arrays["spans"]) if "spans" in arrays else _EMPTY.with_layers(layers)
            return cls(arrays["months"], arrays["beside"], cell, tuple(weights), tuple(biases))
        except (KeyError, ValueError, IndexError, RiskModelError) as error:
            raise BundleError(f"the network's arrays are not complete: {error}") from error

    # --------------------------------------------------------------------------------------------- counts

    @property
    def inputs(self) -> int:
        """How many encoded inputs a row must have at least."""
        return int(max(self.months.max(), self.beside.max(initial=NONE))) + 1

    @property
    def widths(self) -> tuple[int, ...]:
        """Neurons of each hidden dense layer."""
        return tuple(len(bias) for bias in self.biases[:-1])

    @property
    def neurons(self) -> int:
        """Hidden units or channels, and hidden neurons."""
        return self.cell.units + sum(self.widths)

    @property
    def parameters(self) -> int:
        """Numbers that were learnt."""
        return sum(values.size for values in self._learnt)

    @property
    def connections(self) -> int:
        """Parameters that are not zero."""
        return sum(int(np.count_nonzero(values)) for values in self._learnt)

    @property
    def _learnt(self) -> list[Array]:
        layers = {**self.cell.layers, **self._head}
        return [values for name, pair in layers.items() for values in (pair[1:] if name == "start" else pair)]


def _single(values: NDArray[Any]) -> Single:
    return np.ascontiguousarray(values, np.float32)


def _conv(layers: Mapping[str, tuple[Array, Array]], spans: NDArray[Any]) -> ConvCell:
    kernels, biases = zip(*(layers[f"kernel{i}"] for i in range(1, len(spans) + 1)), strict=True)
    return ConvCell(tuple(kernels), tuple(biases), tuple(int(span) for span in spans))


_NOTHING = np.empty((0, 0), np.float32)
_EMPTY = GruCell(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)
