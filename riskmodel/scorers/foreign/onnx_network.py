"""A network from an ONNX file as a scorer of named columns: numpy scores it, and ONNX Runtime is what it is held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Calibration, Column, Complexity, Development, Files, Matrix, Scorer, Vector
from riskmodel.core.work import PRICES
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import Graph, traced_graph, units_of
from riskmodel.onnx_export.foreign import OnnxNetwork, network_of

NETWORK = "network.onnx"
TOLERANCE = 1e-5  # of a PD: the file counts in single precision
ROWS = 2000  # on which it is held to its runtime
CHUNK = 4096


@dataclass(frozen=True, eq=False)
class OnnxNetworkScorer(Scorer):
    """The file's own inputs, one column a number, in their order."""

    kind = "network"

    network: OnnxNetwork

    @property
    def graph(self) -> Graph:
        return self.network.graph

    def with_graph(self, graph: Graph) -> Self:
        return replace(self, network=self.network.with_graph(graph))

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        return self.network.sources(matrix)

    @property
    def source_columns(self) -> Mapping[str, NDArray[np.intp]] | None:
        """None where the file makes something of its inputs before the first weight."""
        starts = np.cumsum([0, *(one.width for one in self.network.inputs)])
        places = {
            one.name: np.arange(start, start + one.width)
            for one, start in zip(self.network.inputs, starts, strict=False)
        }
        names = [source.name for source in self.graph.sources]
        return {name: places[name] for name in names} if set(names) <= places.keys() else None

    def raw_margin(self, matrix: Matrix) -> Vector:
        starts = range(0, len(matrix), CHUNK)
        parts = [traced_graph(self.graph, self.sources(matrix[at : at + CHUNK])).margin for at in starts]
        return np.concatenate(parts) if parts else np.empty(0)

    def files(self) -> Files:
        return {NETWORK: self.network.content}

    @property
    def neurons(self) -> int:
        return sum(len(layer.units) for layer in units_of(self.graph).layers)

    def complexity(self) -> Complexity:
        graph = self.graph
        return Complexity(
            features=len(self.features),
            parameters=graph.parameters,
            connections=graph.connections,
            work=graph.work * PRICES.multiply_add,
            bytes=len(self.network.content),
            neurons=self.neurons,
            weights=sum(dense.weight.size for dense in graph.dense_layers),
        )

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002 - as of every scorer
        raise UnsupportedScorer("a network from elsewhere has no rows of its own to be probed on")

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:  # noqa: ARG002
        raise UnsupportedScorer("a network from elsewhere has no recipe to be trained by")


def network_scorer_of(network: OnnxNetwork | bytes, names: Sequence[str] | None = None) -> OnnxNetworkScorer:
    """A network, or the bytes of its ONNX file, as a scorer, its numbers called so; without names by its inputs.

    Raises: BundleError for a damaged file, UnsupportedScorer for what is not read, RiskModelError for too few names.
    """
    network = network if isinstance(network, OnnxNetwork) else network_of(network)
    own = tuple(names) if names is not None else input_names(network)
    if len(own) != network.columns:
        raise RiskModelError(
            f"the network takes {network.columns} numbers a row, however: {len(own)} columns are named"
        )
    return OnnxNetworkScorer(tuple(Column(name) for name in own), Calibration(), network)


def input_names(network: OnnxNetwork) -> tuple[str, ...]:
    """A name for each number of a row: the input's, with its place where the input has several."""
    return tuple(one.name if one.width == 1 else f"{one.name}[{i}]" for one in network.inputs for i in range(one.width))


def hold_network(scorer: OnnxNetworkScorer, matrix: Matrix, where: str) -> None:
    """Raises: RiskModelError where a row has no PD, or ours is another than ONNX Runtime's."""
    margins = scorer.raw_margin(matrix)
    if (odd := ~np.isfinite(margins)).any():
        missing = np.flatnonzero(np.isnan(matrix[odd]).any(axis=0))
        column = scorer.features[missing[0]].name if len(missing) else None
        because = (
            "" if column is None else f"; column {column!r} is missing there, and the network has no place for that"
        )
        raise RiskModelError(f"{where}: {int(odd.sum())} of {len(matrix)} rows get no number from the network{because}")
    some = matrix[np.unique(np.linspace(0, len(matrix) - 1, min(ROWS, len(matrix))).astype(np.intp))]
    apart = np.abs(scorer.pd(some) - scorer.network.answer(some))
    if len(apart) and not (worst := float(np.nan_to_num(apart, nan=1.0).max())) <= TOLERANCE:
        raise RiskModelError(
            f"a PD must be ONNX Runtime's own to within {TOLERANCE:g}, however: on {where} it is off by {worst:.3g}"
        )
