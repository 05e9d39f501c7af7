"""A sample as a network sees it, and what it is to say of it."""

from __future__ import annotations

from dataclasses import dataclass

from riskmodel.core import Vector
from riskmodel.networks.network import Network, Single
from riskmodel.stats import log_loss


@dataclass(frozen=True, eq=False)
class Taught:
    """Inputs, n x (f + i), and targets in [0, 1]: outcomes, a champion's PDs, or a mix."""

    inputs: Single
    target: Vector

    def loss(self, network: Network) -> float:
        """Log-loss of the members' mean probability: of what the scorer will say, not of what each member says."""
        margin = network.margin(self.inputs)
        return float(log_loss.of_margin(margin, self.target).mean())
