"""Training and fine-tuning: AdamW on the mean of the members' losses, stopped early by the log-loss on tune.

The only module of this room that needs torch. The same inputs, seed and threads give the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from riskmodel.core import Outcome, Tick
from riskmodel.errors import RiskModelError
from riskmodel.network import Network, Single
from riskmodel.scorers.neural.module import NetworkModule

if TYPE_CHECKING:
    from riskmodel.scorers.neural import NeuralRecipe

CLIP = 1.0  # largest norm of a gradient


@dataclass(frozen=True)
class Encoded:
    """A sample as the network sees it."""

    inputs: Single  # n x (f + i)
    default: Outcome


def trained(network: Network, train: Encoded, tune: Encoded, how: NeuralRecipe, *, seed: int, tick: Tick) -> Network:
    """The network after its best epoch on tune; epoch 0 is the network as given, so that tune never gets worse.

    The rate falls from its peak to nothing along half a cosine; fine-tuning replays it (learning-rate rewinding,
    Renda et al. 2020). Raises: RiskModelError where the losses are no numbers.
    """
    with _reproducible(seed, how.threads):
        module = NetworkModule(network, how.dropout)
        optimiser = torch.optim.AdamW(module.parameters(), lr=how.rate, weight_decay=how.decay)
        best, best_loss, best_epoch = network, _log_loss(network, tune), 0
        for epoch in range(1, how.epochs + 1):
            if epoch - best_epoch <= how.patience:
                _one_epoch(module, optimiser, train, how, epoch)
                now = module.network()
                if (loss := _log_loss(now, tune)) < best_loss:
                    best, best_loss, best_epoch = now, loss, epoch
            tick()
    return best


def _one_epoch(
    module: NetworkModule, optimiser: torch.optim.Optimizer, train: Encoded, how: NeuralRecipe, epoch: int
) -> None:
    module.train()
    inputs, default = torch.from_numpy(train.inputs), torch.from_numpy(train.default.astype(np.float32))
    batches = torch.randperm(len(default)).split(how.batch)
    for step, rows in enumerate(batches):
        done = (epoch - 1 + step / len(batches)) / how.epochs
        for group in optimiser.param_groups:
            group["lr"] = how.rate * (1 + math.cos(math.pi * done)) / 2
        _one_step(module, optimiser, inputs[rows], default[rows])


def _one_step(module: NetworkModule, optimiser: torch.optim.Optimizer, inputs: Tensor, default: Tensor) -> None:
    logits = module(inputs)
    loss = binary_cross_entropy_with_logits(logits, default[:, None].expand_as(logits))
    if not torch.isfinite(loss):
        raise RiskModelError("training a network diverged: rate must be smaller")
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
    optimiser.step()
    module.hold_zeros()


def _log_loss(network: Network, sample: Encoded) -> float:
    """Of the mean probability: what the scorer will say, not what each member says."""
    signed = np.where(sample.default == 1, 1.0, -1.0) * network.margin(sample.inputs)
    return float(np.logaddexp(0, -signed).mean())


@contextmanager
def _reproducible(seed: int, threads: int) -> Iterator[None]:
    """Seeds torch and makes it deterministic, then leaves it as it was found."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.set_num_threads(before[0])
            torch.use_deterministic_algorithms(before[1])
