"""What is asked of a scorer with a graph inside; of some, how it is trained on, or where its sources come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Development, Matrix, Scorer
from riskmodel.networks.graph.anatomy import Graph
from riskmodel.networks.protocols import USUAL, Tuning


@runtime_checkable
class HasGraph(Protocol):
    """A scorer whose network is a graph."""

    @property
    def features(self) -> tuple[Column, ...]: ...

    @property
    def graph(self) -> Graph: ...

    def with_graph(self, graph: Graph) -> Scorer:
        """The scorer with another graph of the same sources."""

    def sources(self, matrix: Matrix) -> Mapping[str, Matrix]:
        """What the graph is given of these rows, by name."""


@runtime_checkable
class TrainableGraph(HasGraph, Protocol):
    """One that knows how its network was trained: a file from elsewhere does not say."""

    def fine_tune_graph(self, graph: Graph, development: Development, epochs: int, how: Tuning = USUAL) -> HasGraph:
        """The scorer with this graph trained on; a weight that is zero stays zero, and tune never gets worse."""


@runtime_checkable
class TraceableGraph(HasGraph, Protocol):
    """One that knows where the numbers of its sources come from."""

    @property
    def source_columns(self) -> Mapping[str, NDArray[np.intp]] | None:
        """For each source the feature that each unit rises or falls with, and with no other; -1 is none.

        None where that is not known.
        """
