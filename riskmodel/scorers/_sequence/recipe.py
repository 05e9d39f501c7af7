"""How a sequence network is trained, and the one that it starts from: random weights by the seed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.config.sequence import WHERE, Channels, sequence_problem
from riskmodel.errors import ConfigError
from riskmodel.networks import Single
from riskmodel.networks.sequences import SequenceCell, SequenceNetwork
from riskmodel.scorers._sequence.columns import beside
from riskmodel.scorers.base.network import Count, TrainingRecipe, Widths


@dataclass(frozen=True)
class SequenceRecipe(TrainingRecipe):
    """What the kinds share; in a TOML `[data.sequence]` gives the months to all of them."""

    hidden: Widths = (64,)  # neurons of each dense layer after the months
    sequence: Channels = field(default_factory=dict)  # the columns of each channel, the oldest month first
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    threads: Count = 1  # another number of threads adds in another order, and gives other bytes

    def __post_init__(self) -> None:
        super().__post_init__()
        if problem := sequence_problem(self.sequence):
            raise ConfigError(f"{WHERE}: {problem}")

    @abstractmethod
    def cell(self, months: int, inputs: int, random: np.random.Generator) -> SequenceCell:
        """The cell before training, of so many months with so many inputs each."""

    @abstractmethod
    def sized(self, cell: SequenceCell, size: float) -> SequenceRecipe:
        """The recipe with this share of the cell's units."""

    def resized(self, network: SequenceNetwork, size: float) -> SequenceRecipe:
        """The recipe with this share of the units that the network has now, at least one of each layer."""
        return replace(self.sized(network.cell, size), hidden=tuple(share(width, size) for width in network.widths))

    def untrained(self, inputs: Single, months: NDArray[np.int32], seed: int) -> SequenceNetwork:
        """The network before its first epoch; `inputs` are those of train."""
        random, rest = np.random.default_rng(seed), beside(inputs, months)
        cell = self.cell(months.shape[0], months.shape[1], random)
        given = [cell.outputs(np.zeros((1, *months.shape), np.float32)).shape[1] + len(rest), *self.hidden]
        wide = [*self.hidden, 1]
        weights = tuple(uniform(random, (out, into), into) for out, into in zip(wide, given, strict=True))
        biases = tuple(uniform(random, (out,), into) for out, into in zip(wide, given, strict=True))
        return SequenceNetwork(months, rest, cell, weights, biases)


def share(count: int, size: float) -> int:
    return max(1, round(size * count))


def uniform(random: np.random.Generator, shape: Sequence[int], inputs: int) -> Single:
    """Uniform within 1 / sqrt(inputs) of zero, as torch begins its layers."""
    return random.uniform(-(inputs**-0.5), inputs**-0.5, tuple(shape)).astype(np.float32)
