"""What is asked of a scorer of months: its network, and which feature each of its inputs is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix
from riskmodel.networks.network import Single
from riskmodel.networks.sequences.network import SequenceNetwork


@runtime_checkable
class HasMonths(Protocol):
    """A scorer of months."""

    @property
    def sequence_network(self) -> SequenceNetwork: ...

    @property
    def input_columns(self) -> NDArray[np.intp]:
        """The feature that each input of its network is of."""

    @property
    def channels(self) -> Mapping[str, Sequence[str]]:
        """The names of the features of each channel, the oldest month first."""

    def encoded(self, matrix: Matrix) -> Single:
        """The inputs of its network, n x inputs."""
