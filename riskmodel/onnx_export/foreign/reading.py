"""Reads a checked ONNX graph: what stands before the first weight, the layers, and what stands after the last one."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Literal

from riskmodel import limits
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import Graph, GraphSource, sources_of
from riskmodel.onnx_export.foreign import frame, operators
from riskmodel.onnx_export.foreign.constants import Constants
from riskmodel.onnx_export.foreign.frame import NetworkInput, called
from riskmodel.onnx_export.foreign.layers import Layers
from riskmodel.onnx_export.foreign.shapes import NetworkShapes, small_numbers

Says = Literal["log_odds", "pd"]
ROWS = (1, 3)  # for which shapes are worked out: what grows faster than its rows is refused


@dataclass(frozen=True, eq=False)
class GraphReading:
    """What stands where in a file.

    Parameters
    ----------
    inputs, output
        Of the file.
    before, after
        Its nodes before the first weight and after the last one, which stay as they are.
    sources
        The values that `before` hands to the layers.
    last
        The value that `after` begins with, or the output where it is empty.
    says
        What the output is.
    kind
        numpy's name of the layers' numbers.
    numbers
        How many numbers all values of one row have.
    constants
        The arrays that the file holds, by name.
    row_axes
        The axis of the rows, of each source.
    layers
        The file's nodes between `before` and `after`, as what they were read.
    """

    inputs: tuple[NetworkInput, ...]
    output: str
    before: tuple[Any, ...]
    after: tuple[Any, ...]
    sources: tuple[str, ...]
    last: str
    says: Says
    kind: str
    numbers: int
    constants: Constants
    row_axes: tuple[int, ...]
    layers: Layers


def read(model: Any) -> tuple[GraphReading, Graph]:
    """Raises: BundleError for what is not whole, UnsupportedScorer for what is not read."""
    inputs, output = frame.inputs_of(model), frame.output_of(model)
    after = _after(model, output)
    last = str(after[0].input[0]) if after else output
    reader = _Reader(model, inputs, {id(node) for node in after})
    before = reader.walked(model)
    says = _says(after, reader, last, output)
    graph = _graph(reader.layers, last)
    used = tuple(source.name for source in graph.sources)
    return (
        GraphReading(
            inputs=inputs,
            output=output,
            before=_leading(before, used),
            after=after,
            sources=used,
            last=last,
            says=says,
            kind=reader.layers.kind,
            numbers=reader.numbers,
            constants=reader.constants,
            row_axes=tuple(reader.layers.strips.row_axis(name) for name in used),
            layers=reader.layers,
        ),
        graph,
    )


class _Reader:
    """One walk along the nodes, in the order of the data."""

    def __init__(self, model: Any, inputs: tuple[NetworkInput, ...], after: set[int]) -> None:
        self.constants, self.after = Constants(model), after
        self.shapes = [NetworkShapes(_begin(inputs, rows)) for rows in ROWS]
        for name in self.constants.arrays:
            self._know(name)
        self.layers = Layers(self.constants, self.shapes)
        self.numbers = sum(one.width for one in inputs)

    def walked(self, model: Any) -> list[Any]:
        """The nodes before the first weight."""
        before = []
        _drop_unread(model)
        for node in model.graph.node:
            try:
                if not self._took(node):
                    before.append(node)
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise BundleError(f"{called(node)} does not fit what it is given: {str(error)[:120]}") from error
        limits.check("onnx_values", self.numbers, "the ONNX network", BundleError)
        return before

    def _took(self, node: Any) -> bool:
        """Whether the node is a constant, a layer, or one after the last layer."""
        if self.constants.take(node):
            self._know(node.output[0])
            return True
        self._measure(node)
        return id(node) in self.after or self.layers.take(node)

    def _know(self, name: str) -> None:
        values = self.constants.arrays[name]
        for shapes in self.shapes:
            shapes.known[name] = values.shape
            if (numbers := small_numbers(values)) is not None:
                shapes.numbers[name] = numbers

    def _measure(self, node: Any) -> None:
        one, three = ([prod(shape) for _, shape in shapes.add(node)] for shapes in self.shapes)
        if any(more > 3 * size for size, more in zip(one, three, strict=True)):
            raise BundleError(f"{called(node)} must grow with its rows alone, however: it grows faster")
        self.numbers += sum(one)


def _begin(inputs: tuple[NetworkInput, ...], rows: int) -> dict[str, tuple[int, ...]]:
    return {one.name: (rows, *one.shape) for one in inputs}


def _drop_unread(model: Any) -> None:
    """Second outputs that nothing reads: the mask of a dropout, the states of each month. A first one gets a name."""
    read = {name for node in model.graph.node for name in node.input} | {value.name for value in model.graph.output}
    for node in model.graph.node:
        while len(node.output) > 1 and node.output[-1] not in read:
            del node.output[-1]
        for place, name in enumerate(node.output):
            if not name:
                node.output[place] = f"{node.output[-1]}/unread{place}"


def _after(model: Any, output: str) -> tuple[Any, ...]:
    """The nodes that only turn the last layer's numbers into the output, first to last."""
    made_by = {name: node for node in model.graph.node for name in node.output}
    readers: dict[str, int] = {}
    for node in model.graph.node:
        for name in node.input:
            readers[name] = readers.get(name, 0) + 1
    after: list[Any] = []
    name, squashed = output, False
    while (node := made_by.get(name)) is not None and node.op_type in operators.TAIL and node.input:
        squashes = node.op_type in ("Sigmoid", "Softmax")
        if readers.get(node.input[0]) != 1 or (squashes and squashed):
            break
        squashed = squashed or squashes
        after.insert(0, node)
        name = str(node.input[0])
    return tuple(after)


def _says(after: tuple[Any, ...], reader: _Reader, last: str, output: str) -> Says:
    """Raises: UnsupportedScorer where the output is neither a log-odds nor a PD of each row."""
    if last not in reader.shapes[0].known or output not in reader.shapes[0].known:
        raise BundleError(f"an ONNX network must make its output, however: nothing makes {output[:60]!r}")
    squashing = [node for node in after if node.op_type in ("Sigmoid", "Softmax")]
    width = reader.shapes[0].known[last][-1:]
    for rows, shapes in zip(ROWS, reader.shapes, strict=True):
        shape, given = shapes.known[output], shapes.known[last]
        if (
            len(given) != 2
            or shape not in ((rows, *width), (rows,))
            or given[1] not in (1, 2)
            or prod(shape) != prod(given)
        ):
            raise UnsupportedScorer(
                f"output {output[:60]!r} must be one number a row, or two classes, however: {list(shape)}"
            )
    for node in squashing:
        axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), -1)
        due = 1 if node.op_type == "Sigmoid" else 2
        of = reader.shapes[0].known[node.input[0]]
        if width != (due,) or (due == 2 and (axis not in (-1, 1) or of != (1, 2))):
            raise UnsupportedScorer(f"{called(node)} must be of {due} output{'s' * (due - 1)}, however: of {list(of)}")
    return "pd" if squashing else "log_odds"


def _graph(layers: Layers, last: str) -> Graph:
    """The layers that lead to the output, and what these read. Raises: UnsupportedScorer without weights."""
    if last not in layers.made:
        raise UnsupportedScorer(
            "an ONNX network must have weights (Gemm, MatMul, Conv, GRU, LSTM) before its output, however: none"
        )
    output, wanted = layers.alias(last), _wanted(layers, layers.alias(last))
    nodes = [node for node in layers.nodes if node.name in wanted]
    bound = tuple(pair for pair in layers.strips.bound if pair[0] in wanted)
    limits.check("onnx_nodes", len(nodes), "the ONNX network, month by month", BundleError)
    sources = tuple(GraphSource(name, width) for name, width in layers.sources.items() if name in wanted)
    try:
        graph = Graph(sources, tuple(nodes), output, bound)
        layers.strips.check(graph)
        return graph
    except UnsupportedScorer:
        raise
    except RiskModelError as error:
        raise UnsupportedScorer(str(error)) from error


def _wanted(layers: Layers, output: str) -> set[str]:
    """The values that lead to the output, and those bound to them."""
    made_by, wanted, ahead = layers.made_by, set[str](), [output]
    beside = {one: pair for pair in layers.strips.bound for one in pair}
    while ahead:
        if (name := ahead.pop()) not in wanted:
            wanted.add(name)
            ahead += [*(sources_of(made_by[name]) if name in made_by else ()), *beside.get(name, ())]
    return wanted


def _leading(before: list[Any], sources: tuple[str, ...]) -> tuple[Any, ...]:
    """The nodes that the layers' sources are made of."""
    wanted, kept = set(sources), list[Any]()
    for node in reversed(before):
        if wanted & set(node.output):
            kept.insert(0, node)
            wanted.update(node.input)
    return tuple(kept)
