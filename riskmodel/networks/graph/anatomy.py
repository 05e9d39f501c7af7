"""What a foreign network is read to: layers and what joins them, in the order of the data, each by the value it makes.

Every value is a matrix, rows x units. Only `Dense` has weights that can be cut; nothing here knows a file format.
Months, or places of a convolution, are values of their own, which hang together by a tie of what makes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.errors import RiskModelError

JoinKind = Literal["add", "sub", "mul"]
PoolKind = Literal["max", "mean"]


@dataclass(frozen=True)
class GraphSource:
    """A value that is there before the first weight: an input, or what the file itself makes of its inputs."""

    name: str
    width: int


@dataclass(frozen=True, eq=False)
class Dense:
    """source @ weight.T + bias."""

    name: str
    source: str
    weight: Matrix  # outputs x inputs
    bias: Vector  # outputs
    tie: str = ""  # those of one tie are one matrix, used several times: the steps of a sequence


@dataclass(frozen=True, eq=False)
class Affine:
    """source * scale + shift, a number of each for each unit: what is left of batch normalisation, and of constants."""

    name: str
    source: str
    scale: Vector
    shift: Vector
    tie: str = ""  # those of one tie are the same numbers at several places


@dataclass(frozen=True)
class Activation:
    """A function of each number by itself, one of `ACTIVATIONS`, with its parameters."""

    name: str
    source: str
    kind: str
    parameters: tuple[float, ...] = ()


@dataclass(frozen=True)
class Join:
    """Two values of one width, number by number."""

    name: str
    kind: JoinKind
    left: str
    right: str


@dataclass(frozen=True)
class Concatenation:
    """Values side by side."""

    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Selection:
    """Some columns of a value, in an order of their own."""

    name: str
    source: str
    columns: NDArray[np.intp]


@dataclass(frozen=True)
class Pooling:
    """The largest, or the mean, of several values of one width, number by number."""

    name: str
    kind: PoolKind
    parts: tuple[str, ...]


Node: TypeAlias = Dense | Affine | Activation | Join | Concatenation | Selection | Pooling


@dataclass(frozen=True, eq=False)
class Graph:
    """A network of one output: a log-odds, or the log-odds of a good and of a bad up to what they share.

    `bound` are values of one width whose units go together though nothing joins them.

    Raises: RiskModelError where widths do not fit together, or a weight is no number.
    """

    sources: tuple[GraphSource, ...]
    nodes: tuple[Node, ...]
    output: str
    bound: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.widths.get(self.output) not in (1, 2):
            raise RiskModelError(
                f"a network must end in one output, or two classes, however: {self.widths.get(self.output)}"
            )

    @cached_property
    def widths(self) -> dict[str, int]:
        """How many units each value has."""
        widths = {source.name: source.width for source in self.sources}
        for node in self.nodes:
            if missing := [name for name in sources_of(node) if name not in widths]:
                raise RiskModelError(f"node {node.name!r} must come after what it is made of, however: {missing[0]!r}")
            widths[node.name] = _width(node, widths)
        return widths

    @property
    def dense_layers(self) -> tuple[Dense, ...]:
        return tuple(node for node in self.nodes if isinstance(node, Dense))

    @cached_property
    def readers(self) -> dict[str, list[Node]]:
        """The nodes that each value goes into; the output goes into none of them."""
        readers: dict[str, list[Node]] = {name: [] for name in self.widths}
        for node in self.nodes:
            for name in sources_of(node):
                readers[name].append(node)
        return readers

    @property
    def connections(self) -> int:
        """Weights that are not zero; a matrix that is used several times counts once, as in the next two."""
        return sum(int(np.count_nonzero(node.weight)) for node in self.matrices)

    @property
    def parameters(self) -> int:
        return sum(node.weight.size + node.bias.size for node in self.matrices)

    @property
    def matrices(self) -> tuple[Dense, ...]:
        """The first use of each matrix."""
        return tuple({node.tie or node.name: node for node in reversed(self.dense_layers)}.values())[::-1]

    @property
    def work(self) -> int:
        """Multiply-adds a row; a dense product does not skip zeros."""
        return sum(node.weight.size for node in self.dense_layers)


def sources_of(node: Node) -> tuple[str, ...]:
    """The values that a node is made of."""
    if isinstance(node, Join):
        return (node.left, node.right)
    return node.parts if isinstance(node, Concatenation | Pooling) else (node.source,)


def margin_of(output: NDArray[Any]) -> Vector:
    """Log-odds of a bad (n) of a graph's output (n x 1, or n x 2 with the bad second)."""
    margin: Vector = output[:, 0] if output.shape[1] == 1 else output[:, 1] - output[:, 0]
    return margin


def _width(node: Node, widths: dict[str, int]) -> int:
    due, got = _fit(node, [widths[name] for name in sources_of(node)])
    if due != got:
        raise RiskModelError(f"node {node.name!r} must be given {due} units, however: {got}")
    if any(not np.isfinite(values).all() for values in _numbers(node)):
        raise RiskModelError(f"node {node.name!r} must have finite weights, however: some are no numbers")
    if isinstance(node, Dense):
        return len(node.weight)
    if isinstance(node, Selection):
        return len(node.columns)
    return sum(widths[name] for name in node.parts) if isinstance(node, Concatenation) else got


def _fit(node: Node, given: list[int]) -> tuple[int, int]:
    """How many units a node takes, and how many it is given."""
    if isinstance(node, Dense):
        return node.weight.shape[1] if len(node.weight) == len(node.bias) else -1, given[0]
    if isinstance(node, Affine):
        return len(node.scale), given[0]
    if isinstance(node, Selection):
        return max(int(node.columns.max(initial=-1)) + 1, given[0]), given[0]
    if isinstance(node, Pooling):
        return given[0], next((width for width in given if width != given[0]), given[0])
    return (given[0], given[1]) if isinstance(node, Join) else (given[0], given[0])


def _numbers(node: Node) -> Iterator[NDArray[Any]]:
    if isinstance(node, Dense):
        yield from (node.weight, node.bias)
    elif isinstance(node, Affine):
        yield from (node.scale, node.shift)
