"""A torch module as a graph, and back: its forward is traced, its layers are replaced by smaller ones of their class.

The trace is torch.fx's: residuals, concatenations and functions are read, what depends on the rows themselves is not.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import fx, nn
from torch.nn import functional

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import (
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    Node,
    margin_of,
    sources_of,
)
from riskmodel.scorers.foreign.memory_network import ROWS, MemoryNetwork

Call = Callable[..., Any]
SQUASHING = ("sigmoid", "softmax")
PASSING = ("dropout", "identity", "flatten", "squeeze", "contiguous", "float")
PLAIN = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus"}
NAMES: dict[Any, str] = {
    nn.Dropout: "dropout", nn.AlphaDropout: "dropout", nn.Identity: "identity", nn.Flatten: "flatten",
    nn.ReLU: "relu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", nn.Softplus: "softplus", nn.SiLU: "silu", nn.GELU: "gelu",
    nn.LeakyReLU: "leaky_relu", nn.ELU: "elu", nn.SELU: "selu", nn.ReLU6: "relu6", nn.Softmax: "softmax",
    functional.dropout: "dropout", torch.flatten: "flatten", torch.squeeze: "squeeze", torch.relu: "relu",
    functional.relu: "relu", torch.sigmoid: "sigmoid", functional.sigmoid: "sigmoid", torch.tanh: "tanh",
    functional.tanh: "tanh", functional.softplus: "softplus", functional.silu: "silu", functional.gelu: "gelu",
    functional.leaky_relu: "leaky_relu", functional.elu: "elu", functional.selu: "selu", functional.relu6: "relu6",
    functional.softmax: "softmax", torch.softmax: "softmax", operator.add: "add", torch.add: "add",
    operator.iadd: "add",
    operator.sub: "sub", torch.sub: "sub", operator.mul: "mul", torch.mul: "mul", operator.truediv: "div",
    torch.div: "div", torch.cat: "cat", torch.concat: "cat",
}  # fmt: skip


def module_network(module: nn.Module, columns: int) -> MemoryNetwork:
    """A module of one input, rows x columns, and one output: the log-odds, the PD, or two classes.

    Raises: UnsupportedScorer for a module that cannot be traced, or a step that is not read.
    """
    try:
        trace = fx.symbolic_trace(copy.deepcopy(module).eval())
    except Exception as error:  # whatever the module's own code raises
        first = (str(error).splitlines() or [repr(error)])[0]
        raise UnsupportedScorer(f"the module cannot be traced: {first[:150]}; export it to ONNX") from error
    reader = _Reader(trace, columns)
    graph = reader.graph()
    squashed = reader.squashed

    def answer(given: Any, matrix: Matrix) -> Vector:
        return _pd(given, matrix, squashed)

    return MemoryNetwork(graph, answer, lambda smaller: _rebuilt(module, smaller, reader.modules), module)


class _Reader:
    """One walk along the traced calls; `modules` names the module behind a layer of the graph."""

    def __init__(self, trace: fx.GraphModule, columns: int) -> None:
        self.trace, self.columns = trace, columns
        self.nodes: list[Node] = []
        self.modules: dict[str, str] = {}
        self.values: dict[str, str] = {}  # a traced value by the node of the graph that makes it
        self.touched: set[str] = set()  # what comes after the first weights
        self.squashed = False

    def graph(self) -> Graph:
        last, after = self._after()
        for call in self.trace.graph.nodes:
            if call.op == "placeholder":
                if self.values:
                    raise UnsupportedScorer("a module must have one input, however: it has more; export it to ONNX")
                self.values[call.name] = ROWS
            elif call.op not in ("output", "get_attr") and call not in after:
                self._call(call)
        return Graph((GraphSource(ROWS, self.columns),), tuple(self.nodes), self._value(last))

    def _after(self) -> tuple[fx.Node, set[fx.Node]]:
        """The last layer's call, and those after it that only turn its numbers into the output."""
        (output,) = [node for node in self.trace.graph.nodes if node.op == "output"]
        last, after = output.args[0], set[fx.Node]()
        while isinstance(last, fx.Node) and (name := self._name(last)) in (*SQUASHING, *PASSING):
            if name in SQUASHING and self.squashed:
                break
            self.squashed = self.squashed or name in SQUASHING
            after.add(last)
            last = last.args[0] if last.args else last.kwargs["input"]
        if not isinstance(last, fx.Node):
            raise UnsupportedScorer("a module must give one output, however: several; export it to ONNX")
        return last, after

    def _name(self, call: fx.Node) -> str:
        if call.op == "call_module":
            return NAMES.get(type(self.trace.get_submodule(str(call.target))), "")
        return NAMES.get(call.target, "") if call.op == "call_function" else str(call.target)

    def _call(self, call: fx.Node) -> None:
        if call.op == "call_module" and (made := self._weights(call)) is not None:
            self._add(call, made)
            return
        name, given = self._name(call), [*call.args, *call.kwargs.values()]
        if name in PASSING:
            self.values[call.name] = self._value(given[0])
        elif name == "cat":
            self._add(call, Concatenation(call.name, tuple(self._value(part) for part in given[0])))
        elif name in ("add", "sub", "mul", "div"):
            self._add(call, self._joined(call, name, given[0], given[1]))
        elif name == "silu":
            value = self._value(given[0])
            self.nodes.append(Activation(f"{call.name}_gate", value, "Sigmoid"))
            self._add(call, Join(call.name, "mul", value, f"{call.name}_gate"))
        else:
            self._add(call, Activation(call.name, self._value(given[0]), *self._activation(call, name)))

    def _add(self, call: fx.Node, node: Node) -> None:
        self.nodes.append(node)
        self.values[call.name] = node.name
        before = [self.values.get(one.name) for one in call.all_input_nodes]
        if isinstance(node, Dense) or self.touched & set(before):
            self.touched.add(node.name)

    def _weights(self, call: fx.Node) -> Node | None:
        target = str(call.target)
        module = self.trace.get_submodule(target)
        if not isinstance(module, nn.Linear | nn.BatchNorm1d):
            return None
        if target in self.modules.values():
            raise UnsupportedScorer(f"module {target!r} is used twice, and would be cut twice; export it to ONNX")
        self.modules[call.name] = target
        value = self._value(call.args[0])
        if isinstance(module, nn.Linear):
            bias = np.zeros(module.out_features) if module.bias is None else _array(module.bias)
            return Dense(call.name, value, _array(module.weight), bias)
        if module.running_mean is None or module.running_var is None:
            raise UnsupportedScorer(f"module {target!r} must have running statistics, however: it has none")
        scale = 1 / np.sqrt(_array(module.running_var) + module.eps)
        shift = -_array(module.running_mean) * scale
        if module.affine:
            scale, shift = scale * _array(module.weight), shift * _array(module.weight) + _array(module.bias)
        return Affine(call.name, value, scale, shift)

    def _joined(self, call: fx.Node, name: str, left: Any, right: Any) -> Node:
        constants = [self._constant(one) for one in (left, right)]
        if constants[0] is None and constants[1] is None:
            if name == "div":
                raise self._refused(call, "divides two values")
            return Join(call.name, name, self._value(left), self._value(right))  # type: ignore[arg-type]
        value, constant = (right, constants[0]) if constants[0] is not None else (left, constants[1])
        if constant is None or (name == "div" and constants[0] is not None):
            raise self._refused(call, "is of constants alone, or divides by a value")
        source = self._value(value)
        if constant.size > 1 and source in self.touched:
            raise self._refused(call, "has a constant for each neuron")
        return self._affine(call.name, name, source, constant, first=constants[0] is not None)

    def _affine(self, name: str, kind: str, source: str, constant: NDArray[Any], *, first: bool) -> Affine:
        width = self._widths()[source]
        numbers = np.broadcast_to(constant.ravel(), (width,)).astype(np.float64)
        one, none = np.ones(width), np.zeros(width)
        if kind in ("mul", "div"):
            return Affine(name, source, numbers if kind == "mul" else 1 / numbers, none)
        if kind == "add":
            return Affine(name, source, one, numbers)
        return Affine(name, source, -one, numbers) if first else Affine(name, source, one, -numbers)

    def _widths(self) -> dict[str, int]:
        widths = {ROWS: self.columns}
        for node in self.nodes:
            if isinstance(node, Dense):
                widths[node.name] = len(node.bias)
            elif isinstance(node, Concatenation):
                widths[node.name] = sum(widths[part] for part in node.parts)
            else:
                widths[node.name] = widths[sources_of(node)[0]]
        return widths

    def _constant(self, given: Any) -> NDArray[Any] | None:
        if isinstance(given, int | float):
            return np.array([float(given)])
        if isinstance(given, fx.Node) and given.op == "get_attr":
            value: Any = self.trace
            for part in str(given.target).split("."):
                value = getattr(value, part)
            return _array(value)
        return None

    def _activation(self, call: fx.Node, name: str) -> tuple[str, tuple[float, ...]]:
        given = self.trace.get_submodule(str(call.target)) if call.op == "call_module" else None

        def option(named: str, usual: Any) -> Any:
            return getattr(given, named) if given is not None else call.kwargs.get(named, usual)

        if given is None and len(call.args) > 1:
            raise self._refused(call, "must name its options")
        if name == "leaky_relu":
            return "LeakyRelu", (option("negative_slope", 0.01),)
        if name == "elu":
            return "Elu", (option("alpha", 1.0),)
        if name == "selu":
            return "Selu", (1.6732632423543772, 1.0507009873554805)
        if name == "gelu":
            return "Gelu", (float(option("approximate", "none") == "tanh"),)
        if name == "relu6":
            return "Clip", (0.0, 6.0)
        if name not in PLAIN or (name == "softplus" and option("beta", 1) != 1):
            raise self._refused(call, "is not read")
        return PLAIN[name], ()

    def _value(self, given: Any) -> str:
        if not isinstance(given, fx.Node) or given.name not in self.values:
            raise UnsupportedScorer(f"{str(given)[:60]!r} in the module's forward is not read; export it to ONNX")
        return self.values[given.name]

    def _refused(self, call: fx.Node, why: str) -> UnsupportedScorer:
        kind = type(self.trace.get_submodule(str(call.target))).__name__ if call.op == "call_module" else call.target
        return UnsupportedScorer(
            f"{call.name!r} ({getattr(kind, '__name__', kind)}) in the module's forward {why}; export it to ONNX"
        )


def _array(tensor: torch.Tensor) -> NDArray[np.float64]:
    return tensor.detach().cpu().numpy().astype(np.float64)


def _pd(module: nn.Module, matrix: Matrix, squashed: bool) -> Vector:
    first = next(module.parameters())
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            output = module(torch.tensor(matrix, dtype=first.dtype, device=first.device))
    finally:
        module.train(training)
    values = _array(output).reshape(len(matrix), -1)
    if squashed:
        pd: Vector = values[:, -1]
        return pd
    odds: Vector = expit(margin_of(values))
    return odds


def _rebuilt(module: nn.Module, graph: Graph, modules: dict[str, str]) -> nn.Module:
    made = copy.deepcopy(module)
    for node in graph.nodes:
        if node.name in modules:
            parent, _, child = modules[node.name].rpartition(".")
            setattr(made.get_submodule(parent), child, _smaller(made.get_submodule(modules[node.name]), node, graph))
    return made


def _smaller(old: nn.Module, node: Node, graph: Graph) -> nn.Module:
    """A layer of the node's size and numbers; a normalisation that hands on what it is given, scaled as it was."""
    if isinstance(node, Dense):
        weight = next(old.parameters())
        made: nn.Module = nn.Linear(*node.weight.shape[::-1], dtype=weight.dtype, device=weight.device)
        _fill(made, weight=node.weight, bias=node.bias)
        return made.train(old.training)
    assert isinstance(node, Affine)  # noqa: S101 - no other node has a module
    assert isinstance(old, nn.BatchNorm1d)  # noqa: S101
    made = nn.BatchNorm1d(graph.widths[node.name], old.eps, old.momentum, affine=True).to(old.running_mean)
    _fill(made, weight=node.scale * np.sqrt(1.0 + old.eps), bias=node.shift)
    return made.train(old.training)


def _fill(module: nn.Module, **values: NDArray[np.float64]) -> None:
    with torch.no_grad():
        for name, numbers in values.items():
            tensor = getattr(module, name)
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(numbers)).to(tensor))
