"""Which features say more than chance: each is held against permuted copies of all, over and over.

Kursa and Rudnicki 2010 (Journal of Statistical Software 36, 11), with Holm's correction over the features. What a
feature says is the log-loss that its SHAP values save on rows that did not fit, not their size: a copy that a booster
overfits to has large values, and saves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from riskmodel.core import Column, Development, Sample, Scorer, Vector
from riskmodel.explanation import attributions
from riskmodel.stats import log_loss
from riskmodel.stats.holm import holm

ROWS = 10_000  # of tune, at most, that SHAP values are worked out on
LEVEL = 0.05  # of each of the two tests, over all features


@dataclass(frozen=True)
class Screened:
    """How often each feature said more than the best of the permuted copies, and what follows.

    Parameters
    ----------
    repeats
        How often the copies were permuted.
    hits
        How often each feature saved more log-loss than every copy (features).
    confirmed, rejected
        Places of features that did so more, or less, often than a coin would have it. The others are open.
    """

    repeats: int
    hits: tuple[int, ...]
    confirmed: tuple[int, ...]
    rejected: tuple[int, ...]


def screened(scorer: Scorer, development: Development, repeats: int, seed: int) -> Screened:
    """Fits the recipe on all features and a permuted copy of each, `repeats` times, and counts.

    Parameters
    ----------
    scorer
        Its recipe is fitted on train, and stopped on tune.
    development
        The rows; copies are permuted in each sample by itself.
    repeats
        Fits.
    seed
        Of the permutations.
    """
    features = scorer.features
    copies = _copies(features)
    hits = np.zeros(len(features), np.int64)
    for repeat in range(repeats):
        random = np.random.default_rng([seed, repeat])
        train, tune = (_widened(s, features, copies, random) for s in (development.train, development.tune))
        fitted = scorer.refit(Development(train, tune), (*features, *copies))
        worth = loss_saved(fitted, tune.representative(ROWS))
        hits += worth[: len(features)] > worth[len(features) :].max()
    return judged(hits, repeats)


def loss_saved(scorer: Scorer, sample: Sample) -> Vector:
    """By how much the mean log-loss would rise without each feature's SHAP values (features), in nats."""
    matrix = sample.columns(scorer.features)
    margin, parts = scorer.raw_margin(matrix), attributions(scorer, matrix)

    def loss(raw: Vector) -> float:
        return float(log_loss.of_margin(scorer.calibration(raw), sample.default.astype(np.float64)).mean())

    return np.array([loss(margin - part) for part in parts.T]) - loss(margin)


def judged(hits: NDArray[np.int64], repeats: int) -> Screened:
    """The two binomial tests of each feature, whose hits (features) are of so many repeats."""
    confirmed = _significant(binom.sf(hits - 1, repeats, 0.5))
    rejected = _significant(binom.cdf(hits, repeats, 0.5))
    return Screened(repeats, tuple(hits.tolist()), confirmed, rejected)


def _significant(p_values: Vector) -> tuple[int, ...]:
    return tuple(place for place, p in holm(dict(enumerate(p_values.tolist()))).items() if p <= LEVEL)


def _copies(features: Sequence[Column]) -> tuple[Column, ...]:
    """Columns of the same kind under names that no feature has."""
    names = {column.name for column in features}
    made = []
    for column in features:
        name = f"{column.name} permuted"
        while name in names:
            name += "_"
        names.add(name)
        made.append(replace(column, name=name, source=""))
    return tuple(made)


def _widened(
    sample: Sample, features: Sequence[Column], copies: Sequence[Column], random: np.random.Generator
) -> Sample:
    matrix = sample.columns(features)
    permuted = random.permuted(matrix, axis=0)
    return replace(sample, features=(*features, *copies), matrix=np.hstack([matrix, permuted]))
