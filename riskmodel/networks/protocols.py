"""What pruners and compressors ask of a scorer with a network inside, and how they want it trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Development, Matrix, Scorer, Targets
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.network import Network, Single

Penalty = Literal["none", "l1", "l2", "group"]


@dataclass(frozen=True, eq=False)
class Tuning:
    """How a network is trained on.

    A penalty is added to the loss, `strength` times: the sum of all |weights|, of their squares, or of the norms of
    each neuron's weights, in and out. Such a network is the one after the last epoch: its tune loss need not be best.
    """

    targets: Targets | None = None  # None: what came about
    rewound: bool = True  # from the recipe's full rate down (Renda et al. 2020), or at a tenth of it throughout
    penalty: Penalty = "none"
    strength: float = 0.0
    until: int = 0  # the network as it is after this epoch, whatever tune says; 0: after the best one


USUAL = Tuning()


@runtime_checkable
class NetworkScorer(Protocol):
    """A scorer with a network inside."""

    @property
    def network(self) -> Network: ...

    def with_network(self, network: Network) -> Scorer:
        """The scorer with another network of the same inputs."""

    def encoded(self, matrix: Matrix) -> Single:
        """The inputs of its network, n x (f + i)."""

    def fine_tune(self, network: Network, development: Development, epochs: int, how: Tuning = USUAL) -> Scorer:
        """The scorer with this network trained on; a weight that is zero stays zero, and tune never gets worse."""


@runtime_checkable
class EncodedNetwork(NetworkScorer, Protocol):
    """One that says which feature each input of its network is of."""

    @property
    def input_columns(self) -> NDArray[np.intp]: ...


@runtime_checkable
class RewindableScorer(NetworkScorer, Protocol):
    """One that can be trained again, up to a point."""

    def early(self, development: Development, epochs: int) -> Network:
        """The network of its recipe as it was after these epochs of its training, trained again."""


def network_scorer(scorer: Scorer, step: str) -> NetworkScorer:
    """The scorer, if it has a network. Raises: UnsupportedScorer."""
    if not isinstance(scorer, NetworkScorer):
        raise UnsupportedScorer(f"{step} works on scorers with a network (neural, mlp), however: {scorer.kind}")
    return scorer
