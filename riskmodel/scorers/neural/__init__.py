"""A small neural scorer: TabM-mini with piecewise-linear embeddings. Training needs torch, scoring needs numpy alone.

Sources: Gorishniy et al. 2024, TabM (arXiv 2410.24210); Gorishniy et al. 2022, embeddings (arXiv 2203.05556).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Annotated

from pydantic import Field

from riskmodel.core import Column, Development, Targets, Tick
from riskmodel.errors import RiskModelError
from riskmodel.networks import Network, Single, Taught, Tuning
from riskmodel.scorers.base.encoding import Encoding
from riskmodel.scorers.base.network import Count, EncodedScorer, NetworkRecipe, Widths
from riskmodel.scorers.neural.initial import initial_network


@dataclass(frozen=True)
class NeuralRecipe(NetworkRecipe):
    """How a network is trained; `members=1` makes it a plain MLP."""

    members: Count = 8
    hidden: Widths = (64, 64)  # neurons of each layer
    bins: Count = 32  # of each numeric input, at most
    embedding: Count = 8  # numbers that each numeric input becomes
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    threads: Count = 1  # another number of threads adds in another order, and gives other bytes

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> NeuralScorer:
        """A scorer of these features; one tick an epoch. Raises: RiskModelError where torch is missing."""
        return NeuralScorer.fitted(self, development, features, seed, tick, targets=targets)

    def untrained(self, encoding: Encoding, inputs: Single, seed: int) -> Network:
        numbers = len(encoding.numeric)
        return initial_network(
            inputs[:, :numbers],
            inputs.shape[1] - numbers,
            hidden=self.hidden,
            members=self.members,
            bins=self.bins,
            embedding=self.embedding,
            seed=seed,
        )


@dataclass(frozen=True, eq=False)
class NeuralScorer(EncodedScorer):
    """A network that torch trains."""

    kind = "neural"
    recipe_type = NeuralRecipe

    def _train(self, network: Network, samples: tuple[Taught, Taught], epochs: int, how: Tuning, tick: Tick) -> Network:
        recipe, train = replace(self.recipe, epochs=epochs), _training()
        settings = {"dropout": recipe.dropout, "threads": recipe.threads, "seed": self.seed}
        trained: Network = train.trained(network, *samples, recipe, how, **settings, tick=tick)
        return trained


def _training() -> ModuleType:
    try:
        from riskmodel.scorers.neural import train
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise RiskModelError("training a network needs torch: pip install 'riskmodel[neural]'") from error
    return train
