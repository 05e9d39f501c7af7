"""What reads the months of a row, oldest first: a gated recurrent unit, or a stack of temporal convolutions.

Each says what it does in numpy, and what it is as layers of a graph, one use of a matrix a month.
Sources: Cho et al. 2014 (arXiv 1406.1078) for the gates; Bai et al. 2018 (arXiv 1803.01271) for convolutions over time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.networks.graph import Activation, Concatenation, Dense, Join, Node
from riskmodel.networks.network import Array, Single

Layers = Mapping[str, tuple[Array, Array]]  # weights and offset of each matrix, by its name


class SequenceCell(Protocol):
    """What makes one value of all months."""

    @property
    def layers(self) -> Layers: ...

    @property
    def units(self) -> int:
        """Hidden units, or channels of all convolutions."""

    def with_layers(self, layers: Layers) -> Self:
        """The cell with these in place of its own, of fewer units or with other weights."""

    def outputs(self, months: Single) -> Single:
        """N x outputs of n x months x inputs."""

    def nodes(self, months: Sequence[str]) -> tuple[list[Node], tuple[str, ...]]:
        """The cell as nodes of a graph, and the values that stand side by side at its end."""


@dataclass(frozen=True, eq=False)
class GruCell:
    """h' = n + z (h - n) with z, r = sigmoid(W x + U h + b), n = tanh(W x + b + r (U h + c)); h of the last month."""

    inputs: Array  # 3 H x inputs of a month: reset, update, candidate
    input_bias: Array  # 3 H
    state: Array  # 3 H x H
    state_bias: Array  # 3 H
    start: Array  # H: the state before the first month

    @property
    def units(self) -> int:
        return len(self.start)

    def outputs(self, months: Single) -> Single:
        width = self.units
        given = months.reshape(-1, months.shape[2]) @ self.inputs.T + self.input_bias
        given = given.reshape(len(months), months.shape[1], 3 * width)
        state = np.broadcast_to(self.start, (len(months), width))
        for month in range(months.shape[1]):
            passed = state @ self.state.T + self.state_bias
            gates = _sigmoid(given[:, month, : 2 * width] + passed[:, : 2 * width])
            candidate = np.tanh(given[:, month, 2 * width :] + gates[:, :width] * passed[:, 2 * width :])
            state = candidate + gates[:, width:] * (state - candidate)
        return np.ascontiguousarray(state)

    @property
    def layers(self) -> Layers:
        gates = zip("rzn", *(np.split(a, 3) for a in self._parts), strict=True)
        named: dict[str, tuple[Array, Array]] = {}
        for gate, inputs, input_bias, state, state_bias in gates:
            named |= {f"input_{gate}": (inputs, input_bias), f"state_{gate}": (state, state_bias)}
        return {**named, "start": (np.zeros((self.units, self.inputs.shape[1]), np.float32), self.start)}

    @property
    def _parts(self) -> tuple[Array, ...]:
        return (self.inputs, self.input_bias, self.state, self.state_bias)

    def with_layers(self, layers: Layers) -> GruCell:
        (inputs, input_bias), (state, state_bias) = (
            tuple(np.concatenate([layers[f"{side}_{gate}"][part] for gate in "rzn"]) for part in (0, 1))
            for side in ("input", "state")
        )
        return GruCell(inputs, input_bias, state, state_bias, layers["start"][1])

    def nodes(self, months: Sequence[str]) -> tuple[list[Node], tuple[str, ...]]:
        nodes, state = list[Node](), "h0"
        for month, given in enumerate(months, start=1):
            nodes += [self._dense(f"input_{gate}", given, month) for gate in "nrz"]
            if month == 1:  # after the inputs, which are what a unit's weights are
                nodes.append(replace(self._dense("start", given, 1), name="h0", tie=""))
            nodes += [self._dense(f"state_{gate}", state, month) for gate in "rzn"]
            nodes += _gates(month, state)
            state = f"h{month}"
        return nodes, (state,)

    def _dense(self, layer: str, source: str, month: int) -> Dense:
        weight, bias = self._doubles[layer]
        return Dense(f"{layer}@{month}", source, weight, bias, layer)

    @cached_property
    def _doubles(self) -> Mapping[str, tuple[Matrix, Vector]]:
        return doubles(self.layers)


def _gates(month: int, state: str) -> list[Node]:
    def at(name: str) -> str:
        return f"{name}@{month}"

    return [
        Join(at("sum_r"), "add", at("input_r"), at("state_r")),
        Activation(at("r"), at("sum_r"), "Sigmoid"),
        Join(at("sum_z"), "add", at("input_z"), at("state_z")),
        Activation(at("z"), at("sum_z"), "Sigmoid"),
        Join(at("reset"), "mul", at("r"), at("state_n")),
        Join(at("sum_n"), "add", at("input_n"), at("reset")),
        Activation(at("n"), at("sum_n"), "Tanh"),
        Join(at("away"), "sub", state, at("n")),
        Join(at("held"), "mul", at("z"), at("away")),
        Join(f"h{month}", "add", at("n"), at("held")),
    ]


@dataclass(frozen=True, eq=False)
class ConvCell:
    """Convolutions over neighbouring months, each with a ReLU, none padded; all places of the last one side by side."""

    kernels: tuple[Array, ...]  # a layer: channels x (months side by side x channels below)
    biases: tuple[Array, ...]
    spans: tuple[int, ...]  # months side by side, a layer

    @property
    def units(self) -> int:
        return sum(len(bias) for bias in self.biases)

    def outputs(self, months: Single) -> Single:
        current = months
        for kernel, bias, span in zip(self.kernels, self.biases, self.spans, strict=True):
            places = current.shape[1] - span + 1
            windows = np.concatenate([current[:, at : at + places] for at in range(span)], axis=2)
            sums = windows.reshape(-1, kernel.shape[1]) @ kernel.T + bias
            current = np.maximum(sums, 0).reshape(len(months), places, len(bias))
        return np.ascontiguousarray(current.reshape(len(months), current.shape[1] * current.shape[2]))

    @property
    def layers(self) -> Layers:
        pairs = enumerate(zip(self.kernels, self.biases, strict=True), start=1)
        return {f"kernel{i}": pair for i, pair in pairs}

    def with_layers(self, layers: Layers) -> ConvCell:
        kernels, biases = zip(*(layers[name] for name in self.layers), strict=True)
        return replace(self, kernels=tuple(kernels), biases=tuple(biases))

    def nodes(self, months: Sequence[str]) -> tuple[list[Node], tuple[str, ...]]:
        nodes, current = list[Node](), tuple(months)
        for (layer, (weight, bias)), span in zip(doubles(self.layers).items(), self.spans, strict=True):
            places = range(1, len(current) - span + 2)
            for at in places:
                window = Concatenation(f"{layer}_window@{at}", current[at - 1 : at - 1 + span])
                dense = Dense(f"{layer}@{at}", window.name, weight, bias, layer)
                nodes += [window, dense, Activation(f"{layer}_relu@{at}", dense.name, "Relu")]
            current = tuple(f"{layer}_relu@{at}" for at in places)
        return nodes, current


def _sigmoid(values: Array) -> Array:
    """By numpy's tanh, which counts several numbers at once."""
    return np.tanh(values * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)


def doubles(layers: Layers) -> dict[str, tuple[Matrix, Vector]]:
    """The same in double precision, as graphs count."""
    return {name: (weight.astype(np.float64), bias.astype(np.float64)) for name, (weight, bias) in layers.items()}
