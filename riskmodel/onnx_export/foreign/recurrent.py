"""ONNX's GRU and LSTM as cells of ours, one a direction, and cells as the operators' weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks.graph import Affine, Dense, Node, renamed
from riskmodel.networks.sequences import GruCell, LstmCell
from riskmodel.onnx_export.foreign.nodes import FileNodes

ORDER = {"GRU": "zrn", "LSTM": "iofc"}  # of the gates in ONNX's matrices, by our letters
USUAL = {"GRU": (b"Sigmoid", b"Tanh"), "LSTM": (b"Sigmoid", b"Tanh", b"Tanh")}
NAMES = {"GRU": ("h",), "LSTM": ("h", "c")}


@dataclass(frozen=True, eq=False)
class Direction:
    """A cell that reads the months from one end, under a name of its own."""

    kind: str
    stem: str
    backward: bool
    cell: GruCell | LstmCell

    @property
    def units(self) -> int:
        return self.cell.units

    def nodes(self, months: Sequence[str]) -> list[Node]:
        """The cell's nodes; it begins at zero, which is one of its own units."""
        made = self.cell.nodes(months)
        nodes, given = made[0] if isinstance(made, tuple) else made, set(months)
        zero = np.zeros(self.units)
        steps = [
            Affine("h0", "input_n@1", zero, zero) if node.name == "h0" and isinstance(node, Dense) else node
            for node in nodes
        ]
        return [self._own(node, given) for node in steps]

    def _own(self, node: Node, given: set[str]) -> Node:
        own = renamed(node, lambda name: name if name in given and name != node.name else f"{self.stem}{name}")
        if isinstance(own, Dense):
            return Dense(own.name, own.source, own.weight, own.bias, f"{self.stem}{own.tie}")
        return own

    def state(self, month: int) -> str:
        return f"{self.stem}h{month}"

    def ends(self, months: int) -> list[str]:
        return [f"{self.stem}{name}{months}" for name in NAMES[self.kind]]


def stems(node: Any, directions: int) -> list[str]:
    """How each direction's layers are called."""
    return [f"{next(name for name in node.output if name)}/{i}/" for i in range(directions)]


def recurrent(layers: FileNodes, node: Any) -> list[Direction]:
    """Raises: UnsupportedScorer for gates, states or lengths of another sort."""
    kind, way = str(node.op_type), layers.attribute(node, "direction", b"forward").decode()
    _check(layers, node)
    weights = [_array(layers, node, place) for place in (1, 2)]
    biases = _array(layers, node, 3) if node.input[3:] and node.input[3] else np.zeros((len(weights[0]), 0))
    ways = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}[way]
    if len(weights[0]) != len(ways):
        raise layers.refused(node, "has another number of directions than it says")
    made = list[Direction]()
    for i, (stem, backward) in enumerate(zip(stems(node, len(ways)), ways, strict=True)):
        inputs, state = (weight[i] for weight in weights)
        bias = np.split(biases[i], 2) if biases.size else [np.zeros(len(state))] * 2
        parts = (inputs, bias[0], state, bias[1])
        cell = LstmCell(*parts) if kind == "LSTM" else _gru(parts)
        made.append(Direction(kind, stem, backward, cell))
    return made


def _gru(parts: tuple[NDArray[Any], ...]) -> GruCell:
    reset_first = [np.concatenate([gates[1], gates[0], gates[2]]) for gates in (np.split(part, 3) for part in parts)]
    inputs, input_bias, state, state_bias = reset_first
    return GruCell(inputs, input_bias, state, state_bias, np.zeros(state.shape[1]))


def _array(layers: FileNodes, node: Any, place: int) -> NDArray[np.float64]:
    values = layers.constants.get(node.input[place])
    if values is None:
        raise layers.refused(node, f"has no constant weights in {node.input[place][:60]!r}")
    layers.of_kind(node, values)
    return layers.finite(node, values)


def _check(layers: FileNodes, node: Any) -> None:
    kind = str(node.op_type)
    given = layers.attribute(node, "activations", [])
    if tuple(given) != USUAL[kind] * (len(given) // len(USUAL[kind])):
        raise layers.refused(node, "has other activations than sigmoid and tanh")
    if kind == "GRU" and not layers.attribute(node, "linear_before_reset", 0):
        raise layers.refused(node, "resets before its product (linear_before_reset must be 1)")
    if any(layers.attribute(node, name, 0) for name in ("layout", "input_forget", "clip")):
        raise layers.refused(node, "has a layout, coupled gates or clipping that is not read")
    lengths, peep = (node.input[place : place + 1] for place in (4, 7))
    if any(name for part in (lengths, peep) for name in part):
        raise layers.refused(node, "must read whole rows of months, without peepholes")
    for name in node.input[5:7]:
        if name and name not in layers.zeros:
            raise layers.refused(node, f"must begin at zero, however: it begins at {name[:60]!r}")


def tensors(kind: str, stem: str, matrices: Mapping[str, Dense]) -> tuple[NDArray[np.float64], ...]:
    """W, R and B of one direction, of the layers that are called so."""
    gates = {side: [matrices[f"{stem}{side}_{gate}"] for gate in ORDER[kind]] for side in ("input", "state")}
    weights = [np.concatenate([dense.weight for dense in side]) for side in gates.values()]
    return (*weights, np.concatenate([dense.bias for side in gates.values() for dense in side]))
