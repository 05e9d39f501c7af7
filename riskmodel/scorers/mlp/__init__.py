"""A plain network that scikit-learn's MLPClassifier trains: the neural scorer of an installation without torch.

Inputs are the encoding's normal scores, flags and levels, without embeddings. It refuses penalties but L2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Column, Development, Targets, Tick, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import Network, Single, Taught, Tuning
from riskmodel.scorers.base.encoding import Encoding
from riskmodel.scorers.base.network import Best, EncodedScorer, NetworkRecipe, diverged

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

KNOTS = 24  # of a student's curves: looking numbers up would take longer than its network
LOW = 0.1  # the share of the recipe's rate at which a network is trained on without rewinding


@dataclass(frozen=True)
class MlpRecipe(NetworkRecipe):
    """How a network is trained, by Adam at a constant rate; `decay` is scikit-learn's alpha."""

    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> MlpScorer:
        """A scorer of these features; one tick an epoch. The curves of one that is taught `targets` have few knots."""
        knots = None if targets is None else KNOTS
        return MlpScorer.fitted(self, development, features, seed, tick, targets=targets, knots=knots)

    def untrained(self, encoding: Encoding, inputs: Single, seed: int) -> Network:  # noqa: ARG002 - nothing is embedded
        """Uniform within sqrt(6 / (inputs + neurons)) of zero (Glorot and Bengio 2010)."""
        random, sizes = np.random.default_rng(seed), [inputs.shape[1], *self.hidden, 1]
        bounds = [(6 / (deep + wide)) ** 0.5 for deep, wide in pairwise(sizes)]
        shapes = list(zip(pairwise(sizes), bounds, strict=True))
        coefs = [random.uniform(-bound, bound, shape) for shape, bound in shapes]
        return Network.of_mlp(coefs, [random.uniform(-bound, bound, wide) for (_, wide), bound in shapes])


@dataclass(frozen=True, eq=False)
class MlpScorer(EncodedScorer):
    """A network that scikit-learn trains."""

    kind = "mlp"
    recipe_type = MlpRecipe

    def _train(self, network: Network, samples: tuple[Taught, Taught], epochs: int, how: Tuning, tick: Tick) -> Network:
        """One call of `partial_fit` is one step of Adam, after which the zeros are put back."""
        if how.penalty not in ("none", "l2"):
            raise UnsupportedScorer(f"scikit-learn's network trains under an l2 penalty alone, however: {how.penalty}")
        train, random = samples[0], np.random.default_rng(self.seed)
        weight = None if train.weight is None else train.relative
        model = _classifier(network, self.recipe, how)
        masks = [coef != 0 for coef in model.coefs_]
        best, last = Best(network, samples[1]), how.until or (epochs if how.penalty != "none" else 0)
        for epoch in range(1, epochs + 1):
            if last or epoch - best.epoch <= self.recipe.patience:
                for rows in _batches(random, len(train.target), self.recipe.batch):
                    _step(
                        model, masks, train.inputs[rows], train.target[rows], None if weight is None else weight[rows]
                    )
                best.observe(now := Network.of_mlp(model.coefs_, model.intercepts_), epoch)
            tick()
            if epoch == last:
                return now
        return best.network


def _classifier(network: Network, recipe: MlpRecipe, how: Tuning) -> MLPClassifier:
    """scikit-learn's model with the network's weights; one step on rows without weight makes it ready to be told."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        network.widths,
        alpha=recipe.decay if how.penalty == "none" else 2 * how.strength * recipe.batch,  # it halves, and shares out
        learning_rate_init=recipe.rate if how.rewound else LOW * recipe.rate,
        shuffle=False,
        random_state=0,
        batch_size=2,
    )
    rows = np.zeros((2, network.weights[0].shape[1]), np.float32)
    model.partial_fit(rows, [0, 1], classes=[0, 1])
    vars(model).pop("_optimizer", None)  # made anew: the first step's moments would move the weights that follow
    model.coefs_ = [matrix.T.astype(np.float32) for matrix in network.matrices]
    model.intercepts_ = [offset.astype(np.float32) for offset in network.offsets]
    return model


def _batches(random: np.random.Generator, rows: int, size: int) -> Iterator[NDArray[np.intp]]:
    order = random.permutation(rows)
    yield from np.split(order, range(size, rows, size))


def _step(
    model: MLPClassifier, masks: Sequence[NDArray[np.bool_]], inputs: Single, target: Vector, weight: Vector | None
) -> None:
    """A soft target is a bad and a good of its share of the weight."""
    soft = bool(((target > 0) & (target < 1)).any())
    given: dict[str, Any] = {} if weight is None else {"sample_weight": weight}
    if soft:
        counted = np.ones(len(target)) if weight is None else weight
        inputs = np.concatenate([inputs, inputs])
        given["sample_weight"] = np.concatenate([counted * target, counted * (1 - target)])
        target = np.repeat([1, 0], len(target))
    try:
        model.set_params(batch_size=len(inputs)).partial_fit(inputs, target.astype(np.int8), **given)
    except ValueError as error:  # inputs or weights that are no numbers
        raise diverged() from error
    for coef, mask in zip(model.coefs_, masks, strict=True):
        np.multiply(coef, mask, out=coef)
