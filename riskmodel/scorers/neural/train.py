"""Training and fine-tuning: AdamW on the mean of the members' losses, stopped early by the log-loss on tune.

The only module of this room that needs torch. The same inputs, seed and threads give the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from riskmodel.core import Tick
from riskmodel.networks import USUAL, Network, Taught, Tuning
from riskmodel.scorers.base.network import Best, NetworkRecipe, Trained, TrainingRecipe, diverged
from riskmodel.scorers.neural.module import NetworkModule, TrainableModule

CLIP = 1.0  # largest norm of a gradient
LOW = 0.1  # the share of the recipe's rate at which a network is trained on without rewinding


def trained(
    network: Network,
    train: Taught,
    tune: Taught,
    recipe: NetworkRecipe,
    how: Tuning = USUAL,
    *,
    dropout: float,
    threads: int,
    seed: int,
    tick: Tick,
) -> Network:
    """The network after its best epoch on tune; epoch 0 is the network as given, so that tune never gets worse.

    The rate falls from its peak to nothing along half a cosine; fine-tuning replays it (learning-rate rewinding,
    Renda et al. 2020). Under a penalty it is the network after the last epoch.
    Raises: RiskModelError where the losses are no numbers.
    """
    with reproducible(seed, threads):
        return stepped(NetworkModule(network, dropout), network, (train, tune), recipe, how, tick=tick)


def stepped(
    module: TrainableModule[Trained],
    network: Trained,
    samples: tuple[Taught, Taught],
    recipe: TrainingRecipe,
    how: Tuning,
    *,
    tick: Tick,
) -> Trained:
    """What `trained` does with a module of any network; torch is seeded by then."""
    train, tune = samples
    optimiser = torch.optim.AdamW(module.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    best, last = Best(network, tune), how.until or (recipe.epochs if how.penalty != "none" else 0)
    for epoch in range(1, recipe.epochs + 1):
        if last or epoch - best.epoch <= recipe.patience:
            _one_epoch(module, optimiser, train, recipe, how=how, epoch=epoch)
            best.observe(now := module.network(), epoch)
        tick()
        if epoch == last:
            return now
    return best.network


def _one_epoch(
    module: TrainableModule[Any],
    optimiser: torch.optim.Optimizer,
    train: Taught,
    recipe: TrainingRecipe,
    *,
    how: Tuning,
    epoch: int,
) -> None:
    module.train()
    inputs, target = torch.from_numpy(train.inputs), torch.from_numpy(train.target.astype(np.float32))
    weight = None if train.weight is None else torch.from_numpy(train.relative.astype(np.float32))
    batches = torch.randperm(len(target)).split(recipe.batch)
    for step, rows in enumerate(batches):
        done = (epoch - 1 + step / len(batches)) / recipe.epochs
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * ((1 + math.cos(math.pi * done)) / 2 if how.rewound else LOW)
        counted = None if weight is None else weight[rows]
        _one_step(module, optimiser, inputs[rows], target[rows], how, counted)


def _one_step(  # noqa: PLR0917
    module: TrainableModule[Any],
    optimiser: torch.optim.Optimizer,
    inputs: Tensor,
    target: Tensor,
    how: Tuning,
    weight: Tensor | None,
) -> None:
    logits = module(inputs)
    counted = None if weight is None else weight[:, None].expand_as(logits)
    loss = binary_cross_entropy_with_logits(logits, target[:, None].expand_as(logits), counted)
    if how.penalty != "none":
        loss = loss + how.strength * module.penalty(how.penalty)
    if not torch.isfinite(loss):
        raise diverged()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
    optimiser.step()
    module.hold_zeros()


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
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
