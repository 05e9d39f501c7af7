"""Development as it was some time ago, and the rows that came after: what a choice sees where later rows will judge.

Rows of tune are of the same months as those of train, so tune cannot tell what only held in those months. Where the
split is out of time, a choice between scorers or settings is made on models of the earlier rows and judged on the later
ones, a period at a time (rolling-origin evaluation, Tashman 2000, International Journal of Forecasting 16, 437-450,
with one origin).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from riskmodel.core import Development, Matrix, Sample, Vector
from riskmodel.stats import log_loss, weighted
from riskmodel.stats.folds import Positions, periods
from riskmodel.stats.sample_size import FOR_VARIANCE

BLOCKS, LATER = 12, 4  # of so many periods of about as many rows, the last ones judge


@dataclass(frozen=True, eq=False)
class Forward:
    """Train and tune up to a date; all rows of both after it; and these by period, the earliest first."""

    earlier: Development
    later: Sample
    periods: tuple[Positions, ...]

    @property
    def since(self) -> np.datetime64:
        """The first day of the later rows."""
        first: np.datetime64 = _days(self.later).min()
        return first

    def losses(self, margin: Vector) -> Vector:
        """The mean log-loss of each period, of log-odds of the later rows (n)."""
        loss, weight = log_loss.of_margin(margin, self.later.default), self.later.weight
        return np.array([weighted.mean(loss[of], None if weight is None else weight[of]) for of in self.periods])


def forward(development: Development) -> Forward | None:
    """The latest third of development and what came before it, by whole dates.

    None where the split is not out of time, or where a side or a period would have fewer than two bads or goods.
    """
    train, tune = development.train, development.tune
    if not development.out_of_time or train.days is None or tune.days is None:
        return None
    days = np.concatenate([train.days, tune.days])
    blocks = periods(days, BLOCKS)
    if len(blocks) < 2:
        return None
    starts = np.array([days[block].min() for block in blocks[-max(1, len(blocks) * LATER // BLOCKS) :]])
    (train, late_train), (tune, late_tune) = (_parted(sample, starts[0]) for sample in (train, tune))
    later = _joined(late_train, late_tune)
    place = np.searchsorted(starts, _days(later), side="right") - 1
    then = Forward(
        _before(development, train, tune), later, tuple(np.flatnonzero(place == k) for k in range(len(starts)))
    )
    judged = (then.earlier.train.default, then.earlier.tune.default, *(later.default[part] for part in then.periods))
    return then if all(min(one.sum(), len(one) - one.sum()) >= FOR_VARIANCE for one in judged) else None


def _before(development: Development, train: Sample, tune: Sample) -> Development:
    return replace(development, train=train, tune=tune, unlabelled=None, recent=None, taught=None, out_of_time=False)


def steadiest(losses: Matrix) -> int:
    """Which of several (rows) holds across periods (columns).

    Of those whose mean loss is within one standard error of the lowest, over periods, the one whose worst period lies
    least above that period's best: a mean that is as good for less of a spread.

    Examples
    --------
    >>> steadiest(np.array([[0.30, 0.31, 0.44], [0.34, 0.35, 0.36], [0.50, 0.50, 0.50]]))
    1
    """
    means = losses.mean(axis=1)
    behind = losses - losses[means.argmin()]
    error = behind.std(axis=1, ddof=1) / np.sqrt(losses.shape[1]) if losses.shape[1] > 1 else np.zeros(len(losses))
    close = behind.mean(axis=1) <= error
    worst = (losses - losses.min(axis=0)).max(axis=1)
    ranked: int = int(np.lexsort((means, np.where(close, worst, np.inf)))[0])
    return ranked


def _days(sample: Sample) -> np.ndarray:
    if sample.days is None:
        raise TypeError("later rows have days")
    return sample.days


def _parted(sample: Sample, border: np.datetime64) -> tuple[Sample, Sample]:
    """The rows before a date, and those from it on."""
    early = _days(sample) < border
    return sample.take(np.flatnonzero(early)), sample.take(np.flatnonzero(~early))


def _joined(first: Sample, second: Sample) -> Sample:
    """The rows of both, for judging alone."""
    weights = (first.weight, second.weight)
    weight = None if weights[0] is None or weights[1] is None else np.concatenate([weights[0], weights[1]])
    return Sample(
        "later",
        first.features,
        np.concatenate([first.matrix, second.matrix]),
        np.concatenate([first.default, second.default]),
        np.concatenate([first.rows, second.rows]),
        weight=weight,
        days=np.concatenate([_days(first), _days(second)]),
    )
