"""Evidence of how many decisions a small change of the inputs turns, and of how many more a cut lets it turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from riskmodel.core import Column, Interval, Mask
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import by_value, table
from riskmodel.evaluation.robustness.nearby import SHARE, TurnedNearby, Way
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.clusters import Clusters
from riskmodel.stats.interval import of_share_of
from riskmodel.stats.proportions import paired_difference

SMALL_CHANGES = Method(
    "robustness.small_changes",
    "Decisions that a small change turns",
    f"share of rows x with an x', |x'_j - x_j| <= {SHARE:g} s_j for all numbers j at once, that is decided otherwise; "
    "s_j = min(standard deviation, interquartile range / 1.349)",
    "trees: leaves of a box, Chen et al. 2019, and branch and bound, Devos, Meert and Davis 2021; networks: affine "
    "arithmetic, Singh et al. 2018; intervals Wilson 1927",
    "From the rows for which such an x' was scored to those for which none is excluded: the interval has both. Where "
    "nothing bounds the scorer, a search alone says at least. Who can change what, and whether he gains, is not asked.",
    needs_outcome=False,
)
EXCESS_SMALL_CHANGES = Method(
    "robustness.excess_small_changes",
    "Decisions that a small change turns by the challenger alone",
    "that share by the challenger less that by the champion, on the same rows",
    "paired intervals, Agresti and Min 2005: of the shown less the not excluded, up to the not excluded less the shown",
    "What bounds leave open widens the interval. By a search alone the two are compared as far as it came.",
    "the challenger's decisions are turned no more often",
    needs_outcome=False,
)
LISTED = 20  # features


def small_changes(
    features: Sequence[Column], nearby: TurnedNearby, limits: Thresholds, clusters: Clusters | None = None
) -> Evidence:
    """Of one scorer; its features are those of `nearby.alone`."""
    tables = (_counts({"model": nearby}), _by_feature([column.name for column in features], nearby))
    figure = share_turned(nearby, clusters)
    return by_value(SMALL_CHANGES, limits, figure, len(nearby.turned), tables=tables, measure=str(nearby.way))


def share_turned(nearby: TurnedNearby, clusters: Clusters | None = None) -> Interval:
    """The share that was turned, with what the sample leaves open below, and above it what is not excluded."""
    least, most = of_share_of(nearby.turned, clusters), of_share_of(_most(nearby), clusters)
    return Interval(least.value, least.low, most.high)


def excess_small_changes(
    before: TurnedNearby, after: TurnedNearby, limits: Thresholds, clusters: Clusters | None = None
) -> Evidence:
    """Of the challenger (`after`) less the champion (`before`). Raises: DataError for other rows."""
    if len(before.turned) != len(after.turned):
        raise DataError(f"both must be of the same rows, however: {len(before.turned)} and {len(after.turned)}")
    tables = (_counts({"champion": before, "challenger": after}),)
    measure = str(max((before.way, after.way), key=list(Way).index))  # the weaker one
    figure = excess(before, after, clusters)
    return by_value(EXCESS_SMALL_CHANGES, limits, figure, len(before.turned), tables=tables, measure=measure)


def excess(before: TurnedNearby, after: TurnedNearby, clusters: Clusters | None = None) -> Interval:
    """The difference of the shares, as far as it is known."""
    low = paired_difference(after.turned, _most(before), clusters).low
    high = paired_difference(_most(after), before.turned, clusters).high
    return Interval(float(after.turned.mean() - before.turned.mean()), low, high)


def _most(nearby: TurnedNearby) -> Mask:
    return nearby.turned if nearby.open_ is None else nearby.open_


def _counts(sides: dict[str, TurnedNearby]) -> Table:
    lines = [
        (name, str(one.way), int(one.turned.sum()), None if one.open_ is None else int(one.open_.sum()))
        for name, one in sides.items()
    ]
    return table("Rows that can be turned", ("side", "way", "shown", "not excluded"), lines, key="turned")


def _by_feature(names: Sequence[str], nearby: TurnedNearby) -> Table:
    counts = nearby.alone.sum(axis=0)
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]][:LISTED]
    lines = [(names[i], int(counts[i]), float(counts[i] / len(nearby.turned))) for i in order]
    return table("Rows that one feature alone turns", ("feature", "rows", "share"), lines, key="by_feature")
