"""A sample as a network sees it, and what it is to say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from riskmodel.core import Vector
from riskmodel.networks.network import Single
from riskmodel.stats import log_loss, weighted


class HasMargin(Protocol):
    """A network that gives log-odds."""

    def margin(self, encoded: Single) -> Vector: ...


@dataclass(frozen=True, eq=False)
class Taught:
    """Inputs, n x (f + i), targets in [0, 1] (outcomes, a champion's PDs, or a mix), and a weight (n) or none."""

    inputs: Single
    target: Vector
    weight: Vector | None = None

    def loss(self, network: HasMargin) -> float:
        """Log-loss of the members' mean probability: of what the scorer will say, not of what each member says."""
        margin = network.margin(self.inputs)
        return weighted.mean(log_loss.of_margin(margin, self.target), self.weight)

    @property
    def relative(self) -> Vector:
        """What each row counts in a mean over a batch: 1 on average."""
        return np.ones(len(self.target)) if self.weight is None else self.weight / self.weight.mean()
