"""The network as a torch module, and back: the same function, with gradients and dropout."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, linear

from riskmodel.networks import Network, Penalty, Single

NONE = torch.zeros(())


Held_co = TypeVar("Held_co", covariant=True)


class TrainableModule(Protocol[Held_co]):
    """A network as a torch module."""

    def __call__(self, encoded: Tensor) -> Tensor:
        """Each member's log-odds, n x k."""

    def train(self) -> Any: ...
    def parameters(self) -> Any: ...
    def hold_zeros(self) -> None: ...
    def penalty(self, kind: Penalty) -> Tensor: ...
    def network(self) -> Held_co: ...


class NetworkModule(nn.Module):
    """Computes what `Network.logits` computes; a hidden or head weight that is zero is held at zero."""

    def __init__(self, network: Network, drop: float) -> None:
        super().__init__()
        network = network.stored_as(np.float32)
        arrays = {name: torch.tensor(values) for name, values in network.arrays.items()}
        edges = arrays.pop("edges")
        self.depth, self.drop, self.edges = len(network.widths), drop, edges
        self.learnt = nn.ParameterDict(arrays)
        self.learnt["scaling"].requires_grad = network.members > 1
        self.masks = {name: self.learnt[name] != 0 for name in (*self._layers, "head")}
        real = torch.isfinite(edges[:, 1:])
        width = torch.where(real, edges.diff(dim=1), 1.0)
        self.rate = torch.where(real, 1 / width, 0.0)
        self.start = torch.where(real, -edges[:, :-1] / width, 0.0)
        bin_number, last = torch.arange(real.shape[1]), real.sum(dim=1, keepdim=True) - 1
        self.low = torch.where(real & (bin_number == 0), -torch.inf, 0.0)
        self.high = torch.where(bin_number == last, torch.inf, 1.0)

    def forward(self, encoded: Tensor) -> Tensor:
        """Each member's log-odds, n x k."""
        value = encoded[:, : len(self.edges), None]
        passed = torch.clamp(value * self.rate + self.start, self.low, self.high)
        embedded = torch.einsum("nfb,fbd->nfd", passed, self.learnt["bins"])
        embedded = embedded + value * self.learnt["slope"] + self.learnt["offset"]
        inputs = torch.cat([embedded.flatten(1), encoded[:, len(self.edges) :]], dim=1)
        current = inputs[:, None, :] * self.learnt["scaling"]
        for name in self._layers:
            current = linear(current, self.learnt[name], self.learnt[name.replace("weight", "bias")]).relu()
            current = dropout(current, self.drop, self.training)
        return torch.einsum("nkw,kw->nk", current, self.learnt["head"]) + self.learnt["head_bias"]

    @torch.no_grad()
    def hold_zeros(self) -> None:
        """To be called after every step of an optimiser: momentum and decay would bring pruned weights back."""
        for name, mask in self.masks.items():
            self.learnt[name].mul_(mask)

    def penalty(self, kind: Penalty) -> Tensor:
        """The sum over hidden and head weights that `kind` says; the subgradient of a norm at 0 is 0."""
        matrices = [self.learnt[name] for name in (*self._layers, "head")]
        if kind == "group":
            pairs = pairwise(matrices)
            return sum(((a.square().sum(1) + b.square().sum(0)).clamp_min(1e-12).sqrt().sum() for a, b in pairs), NONE)
        return sum((m.abs().sum() if kind == "l1" else m.square().sum() for m in matrices), NONE)

    def network(self) -> Network:
        """A copy of what it has learnt so far."""
        learnt: dict[str, Single] = {name: values.detach().numpy().copy() for name, values in self.learnt.items()}
        return Network.from_arrays({"edges": self.edges.numpy(), **learnt})

    @property
    def _layers(self) -> tuple[str, ...]:
        return tuple(f"weight{i}" for i in range(1, self.depth + 1))
