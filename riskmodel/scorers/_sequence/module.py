"""A sequence network as a torch module, and back: the same function, with gradients and dropout."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, linear

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Penalty
from riskmodel.networks.sequences import ConvCell, SequenceNetwork


class SequenceModule(nn.Module):
    """Computes what `SequenceNetwork.margin` computes; a weight that is zero is held at zero."""

    def __init__(self, network: SequenceNetwork, drop: float) -> None:
        super().__init__()
        self.start, self.drop = network, drop
        self.learnt = nn.ParameterDict(
            {name.replace(".", "_"): torch.tensor(values) for name, values in network.arrays.items() if "." in name}
        )
        self.masks = {name: values != 0 for name, values in self.learnt.items() if name.endswith("_weight")}
        self.months = torch.from_numpy(network.months.astype("int64"))
        self.beside = torch.from_numpy(network.beside.astype("int64"))

    def forward(self, encoded: Tensor) -> Tensor:
        """Log-odds, n x 1."""
        padded = torch.cat([encoded, torch.zeros(len(encoded), 1)], dim=1)
        months = padded[:, self.months % padded.shape[1]]
        read = self._convolved(months) if isinstance(self.start.cell, ConvCell) else self._recurrent(months)
        current = torch.cat([read, encoded[:, self.beside]], dim=1)
        for layer in range(1, len(self.start.weights)):
            current = dropout(self._layer(f"dense{layer}", current).relu(), self.drop, self.training)
        return self._layer(f"dense{len(self.start.weights)}", current)

    def _layer(self, name: str, given: Tensor) -> Tensor:
        return linear(given, self.learnt[f"{name}_weight"], self.learnt[f"{name}_bias"])

    def _recurrent(self, months: Tensor) -> Tensor:
        state = self.learnt["start_bias"].expand(len(months), -1)
        for month in range(months.shape[1]):
            given = {gate: self._layer(f"input_{gate}", months[:, month]) for gate in "rzn"}
            passed = {gate: self._layer(f"state_{gate}", state) for gate in "rzn"}
            reset, update = ((given[gate] + passed[gate]).sigmoid() for gate in "rz")
            candidate = (given["n"] + reset * passed["n"]).tanh()
            state = candidate + update * (state - candidate)
        return state

    def _convolved(self, months: Tensor) -> Tensor:
        current, cell = months, self.start.cell
        for layer, span in enumerate(cell.spans if isinstance(cell, ConvCell) else (), start=1):
            places = current.shape[1] - span + 1
            windows = torch.cat([current[:, at : at + places] for at in range(span)], dim=2)
            current = self._layer(f"kernel{layer}", windows).relu()
        return current.flatten(1)

    @torch.no_grad()
    def hold_zeros(self) -> None:
        """To be called after every step of an optimiser."""
        for name, mask in self.masks.items():
            self.learnt[name].mul_(mask)

    def penalty(self, kind: Penalty) -> Tensor:
        """Raises: UnsupportedScorer."""
        raise UnsupportedScorer(f"a {type(self.start.cell).__name__} is trained without a penalty, however: {kind}")

    def network(self) -> SequenceNetwork:
        """A copy of what it has learnt so far."""
        learnt = {name: values.detach().numpy().copy() for name, values in self.learnt.items()}
        arrays = self.start.arrays
        return SequenceNetwork.from_arrays({**arrays, **{n: learnt[n.replace(".", "_")] for n in arrays if "." in n}})
