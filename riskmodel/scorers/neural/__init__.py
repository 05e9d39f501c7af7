"""A small neural scorer: TabM-mini with piecewise-linear embeddings. Training needs torch, scoring needs numpy alone.

Sources: Gorishniy et al. 2024, TabM (arXiv 2410.24210); Gorishniy et al. 2022, embeddings (arXiv 2203.05556).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from types import ModuleType
from typing import Annotated

import numpy as np
from pydantic import Field

from riskmodel import config
from riskmodel.core import (
    Calibration,
    Column,
    Complexity,
    Development,
    Files,
    Matrix,
    Recipe,
    Scorer,
    Tick,
    Vector,
    canonical,
)
from riskmodel.errors import BundleError, ConfigError, RiskModelError
from riskmodel.network import Network, Single, pack, unpack
from riskmodel.scorers.neural.encode import Encoding, learn
from riskmodel.scorers.neural.initial import initial_network

Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class NeuralRecipe(Recipe):
    """How a network is trained; `members=1` makes it a plain MLP."""

    members: Count = 8
    hidden: Annotated[Sequence[Count], Field(min_length=1)] = (64, 64)  # neurons of each layer
    bins: Count = 32  # of each numeric input, at most
    embedding: Count = 8  # numbers that each numeric input becomes
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    epochs: Count = 30
    patience: Count = 8  # epochs without a better log-loss on tune
    batch: Count = 256
    rate: Annotated[float, Field(gt=0, le=1)] = 2e-3
    decay: Annotated[float, Field(ge=0, le=1)] = 3e-4
    threads: Count = 1  # another number of threads adds in another order, and gives other bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))  # TOML and JSON have lists

    @property
    def ticks(self) -> int:
        return self.epochs

    def fit(self, seen: Development, features: Sequence[Column], seed: int, tick: Tick = lambda: None) -> NeuralScorer:
        """A scorer of these features; one tick an epoch. Raises: RiskModelError where torch is missing."""
        encoding = learn(seen.train.columns(features), features)
        inputs = encoding(seen.train.columns(features))
        untrained = initial_network(
            inputs[:, : len(encoding.numeric)],
            inputs.shape[1] - len(encoding.numeric),
            hidden=self.hidden,
            members=self.members,
            bins=self.bins,
            embedding=self.embedding,
            seed=seed,
        )
        scorer = NeuralScorer(tuple(features), Calibration(), encoding, untrained, self, seed)
        return scorer.trained(untrained, seen, self.epochs, tick)


@dataclass(frozen=True, eq=False)
class NeuralScorer(Scorer):
    """A trained network and the encoding of its inputs."""

    kind = "neural"

    encoding: Encoding
    network: Network
    recipe: NeuralRecipe
    seed: int

    def raw_margin(self, matrix: Matrix) -> Vector:
        return self.network.margin(self.encoded(matrix))

    def encoded(self, matrix: Matrix) -> Single:
        return self.encoding(matrix)

    def with_network(self, network: Network) -> NeuralScorer:
        return replace(self, network=network)

    def fine_tune(self, network: Network, seen: Development, epochs: int) -> NeuralScorer:
        """The scorer with `network` trained on, from the recipe's full rate down; zero weights stay zero."""
        return self.trained(network, seen, epochs) if epochs else self.with_network(network)

    def refit(self, seen: Development, features: Sequence[Column], size: float = 1.0) -> NeuralScorer:
        """The recipe from scratch, with this share of the neurons that each hidden layer has now, and at least one."""
        hidden = tuple(max(1, round(size * width)) for width in self.network.widths)
        return replace(self.recipe, hidden=hidden).fit(seen, features, self.seed)

    def trained(self, network: Network, seen: Development, epochs: int, tick: Tick = lambda: None) -> NeuralScorer:
        """The scorer with `network` after its best epoch on tune."""
        train = _training()
        sees = [train.Encoded(self.encoded(s.columns(self.features)), s.default) for s in (seen.train, seen.tune)]
        how = replace(self.recipe, epochs=epochs)
        return self.with_network(train.trained(network, *sees, how, seed=self.seed, tick=tick))

    def files(self) -> Files:
        return {
            "recipe.json": canonical({"options": asdict(self.recipe), "seed": self.seed}),
            "encoding.npz": pack(self.encoding.arrays),
            "network.npz": pack(self.network.arrays),
        }

    @classmethod
    def from_files(cls, features: Sequence[Column], calibration: Calibration, files: Files) -> NeuralScorer:
        """The scorer that `files` wrote; torch is not needed. Raises: BundleError."""
        try:
            saved = json.loads(files["recipe.json"])
            recipe, seed = config.built(NeuralRecipe, saved["options"], "recipe.json"), int(saved["seed"])
            encoding = Encoding.from_arrays(unpack(files["encoding.npz"]))
            network = Network.from_arrays(unpack(files["network.npz"]))
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise BundleError(f"the files of a neural scorer are not complete: {error}") from error
        return cls(tuple(features), calibration, encoding, network, recipe, seed)

    def complexity(self) -> Complexity:
        network = self.network
        return Complexity(
            features=self.encoding.used,
            parameters=network.parameters,
            connections=network.connections,
            work=network.work,
            bytes=sum(len(content) for content in self.files().values()),
            neurons=network.neurons,
            weights=sum(int(np.count_nonzero(matrix)) for matrix in network.matrices),
        )


def _training() -> ModuleType:
    try:
        from riskmodel.scorers.neural import train
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise RiskModelError("training a network needs torch: pip install 'riskmodel[neural]'") from error
    return train
