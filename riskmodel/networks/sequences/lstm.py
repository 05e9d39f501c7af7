"""A long short-term memory as layers of a graph, one use of each matrix a month (Hochreiter and Schmidhuber 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.networks.graph import Activation, Affine, Dense, Join, Node

GATES = "iofc"  # input, output, forget, candidate: the order of ONNX


@dataclass(frozen=True, eq=False)
class LstmCell:
    """c' = f c + i tanh(W x + U h + b), h' = o tanh(c'), with i, o, f = sigmoid(W x + U h + b); both begin at zero."""

    inputs: Matrix  # 4 H x inputs of a month, in the order of GATES
    input_bias: Vector  # 4 H
    state: Matrix  # 4 H x H
    state_bias: Vector  # 4 H

    @property
    def units(self) -> int:
        return len(self.input_bias) // 4

    def nodes(self, months: Sequence[str]) -> list[Node]:
        """Every month's state is `h1`, `h2`, ..., its memory `c1`, `c2`, ..."""
        nodes, before = list[Node](), ("h0", "c0")
        for month, given in enumerate(months, start=1):
            nodes += [self._dense("input", gate, given, month) for gate in GATES]
            if month == 1:  # after the inputs, which are what a unit's weights are
                nothing = np.zeros(self.units)
                nodes += [Affine(name, "input_c@1", nothing, nothing) for name in before]
            nodes += [self._dense("state", gate, before[0], month) for gate in GATES]
            nodes += _gates(month, before[1])
            before = (f"h{month}", f"c{month}")
        return nodes

    def _dense(self, side: str, gate: str, source: str, month: int) -> Dense:
        weights, biases = (self.inputs, self.input_bias) if side == "input" else (self.state, self.state_bias)
        at = GATES.index(gate)
        layer, rows = f"{side}_{gate}", slice(at * self.units, (at + 1) * self.units)
        return Dense(f"{layer}@{month}", source, weights[rows], biases[rows], layer)


def _gates(month: int, memory: str) -> list[Node]:
    def at(name: str) -> str:
        return f"{name}@{month}"

    nodes = list[Node]()
    for gate in GATES:
        nodes.append(Join(at(f"sum_{gate}"), "add", at(f"input_{gate}"), at(f"state_{gate}")))
        nodes.append(Activation(at(gate), at(f"sum_{gate}"), "Tanh" if gate == "c" else "Sigmoid"))
    return [
        *nodes,
        Join(at("held"), "mul", at("f"), memory),
        Join(at("taken"), "mul", at("i"), at("c")),
        Join(f"c{month}", "add", at("held"), at("taken")),
        Activation(at("bent"), f"c{month}", "Tanh"),
        Join(f"h{month}", "mul", at("o"), at("bent")),
    ]
