"""How large a network is, and how much of it works: the figures that are told before and after a cut."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Vector
from riskmodel.networks.network import Network, Single


@dataclass(frozen=True, eq=False)
class LayerReport:
    """One matrix: a hidden layer's weights, or the head."""

    name: str
    neurons: int  # of the head: members
    inputs: int
    parameters: int  # with the offsets
    nonzeros: int  # of these
    work: int  # multiply-adds a row, over all members; a dense product does not skip zeros
    activity: Vector  # of each neuron: the share of rows and members in which it is above zero; empty without rows


@dataclass(frozen=True)
class NetworkReport:
    """A whole network; bytes are those of its numbers, as they are and as gzip packs them."""

    parameters: int
    nonzeros: int
    connections: int  # weights between inputs, neurons and heads that are not zero
    neurons: int
    dead: int  # neurons that no row of the sample makes active
    members: int
    work: int
    bytes_plain: int
    bytes_gzip: int
    layers: tuple[LayerReport, ...]


def network_report(network: Network, encoded: Single | None = None) -> NetworkReport:
    """The size of a network, and its activity on these rows, n x (f + i); without rows no activity is told."""
    layers = _layers(network, encoded)
    content = b"".join(np.ascontiguousarray(values).tobytes() for values in network.arrays.values())
    return NetworkReport(
        parameters=network.parameters,
        nonzeros=network.connections,
        connections=sum(int(np.count_nonzero(matrix)) for matrix in network.matrices),
        neurons=network.neurons,
        dead=sum(int((layer.activity == 0).sum()) for layer in layers),
        members=network.members,
        work=network.work,
        bytes_plain=len(content),
        bytes_gzip=len(gzip.compress(content, mtime=0)),
        layers=layers,
    )


def _layers(network: Network, encoded: Single | None) -> tuple[LayerReport, ...]:
    none = np.empty(0)
    hidden = [none] * len(network.widths) if encoded is None else network.hidden(encoded)
    activity = [(layer > 0).mean(axis=(0, 1)) if layer.ndim == 3 else none for layer in hidden]
    names = [*(f"layer {i}" for i in range(1, len(activity) + 1)), "head"]
    passes = [*(network.members for _ in activity), 1]  # the head has a row a member
    return tuple(
        LayerReport(
            name,
            neurons=matrix.shape[0],
            inputs=matrix.shape[1],
            parameters=matrix.size + offset.size,
            nonzeros=int(np.count_nonzero(matrix) + np.count_nonzero(offset)),
            work=times * matrix.size,
            activity=active,
        )
        for name, matrix, offset, times, active in zip(
            names, network.matrices, network.offsets, passes, [*activity, none], strict=True
        )
    )
