"""A value that tells: rows with it are nearly all bad, or never, as where it is filled in only after default.

Such a column may have a modest AUC, since it says nothing of the other rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Kind, Vector
from riskmodel.datasets.leakage import ordering
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Severity, Suspect

# Conventions: the odds of bad in the worst region of public credit data are 12 times those of all rows.
BAD_ODDS, BAD_RATE = 20.0, 0.80  # the lower bound of the odds, by those of all rows, and of the bad rate
GOOD_ODDS = 50.0  # by how much the upper bound of the odds lies below those of all rows
SHARE_OF_BADS, SHARE_OF_GOODS = 0.05, 0.10  # fewer rows than these hardly move a model


@dataclass(frozen=True)
class Region:
    """Rows that one condition on a feature picks."""

    words: str
    bads: float
    rows: float


def telling(feature: Feature, view: ScreeningView) -> Suspect | None:
    """The region that holds the most rows of those that give the outcome away."""
    bads, goods = view.default.sum(), (1 - view.default).sum()
    regions = [
        region
        for region in _regions(feature, view)
        if region.bads >= SHARE_OF_BADS * bads or region.rows - region.bads >= SHARE_OF_GOODS * goods
    ]
    if not regions:
        return None
    count, bad = np.array([r.rows for r in regions]), np.array([r.bads for r in regions])
    odds = bads / goods
    low, high = ordering.lowest_share(bad, count), ordering.highest_share(bad, count)
    gives = (bad >= SHARE_OF_BADS * bads) & (low > max(BAD_RATE, 1 - 1 / (1 + BAD_ODDS * odds)))
    gives |= (count - bad >= SHARE_OF_GOODS * goods) & (high < 1 - 1 / (1 + odds / GOOD_ODDS))
    if not gives.any():
        return None
    return _suspect(feature, regions[int(np.argmax(count * gives))], view)


def _regions(feature: Feature, view: ScreeningView) -> Iterator[Region]:
    rows, bads = ordering.tally(feature.levels), ordering.tally(feature.levels, view.default)
    size = len(feature.names) if feature.column.kind is Kind.CATEGORICAL else len(feature.upper) + 1
    if len(rows) > size and rows[size]:
        yield Region("missing", bads[size], rows[size])
        yield Region("filled in", bads.sum() - bads[size], rows.sum() - rows[size])
    for i, code in enumerate(feature.column.codes, start=size + 1):
        if i < len(rows):
            yield Region(f"{code:g}", bads[i], rows[i])
    if feature.column.kind is Kind.CATEGORICAL:
        large = np.flatnonzero(rows[:size] >= SHARE_OF_BADS * view.default.sum())
        yield from (Region(repr(feature.names[i]), bads[i], rows[i]) for i in large)
    else:
        yield from _of_numbers(feature.upper, bads[:size], rows[:size])


def _of_numbers(upper: Vector, bads: Vector, rows: Vector) -> Iterator[Region]:
    below, below_bads = np.cumsum(rows), np.cumsum(bads)
    for i, edge in enumerate(upper.tolist()):
        yield Region(f"at most {edge:g}", below_bads[i], below[i])
        yield Region(f"above {edge:g}", below_bads[-1] - below_bads[i], below[-1] - below[i])
    for i in range(1, len(upper)):
        yield Region(f"above {upper[i - 1]:g} and at most {upper[i]:g}", bads[i], rows[i])


def _suspect(feature: Feature, region: Region, view: ScreeningView) -> Suspect:
    share = region.bads / region.rows
    evidence = (
        f"gives the outcome away: {share:.1%} of the {int(region.rows):,} rows where it is {region.words} are bad, "
        f"against {view.default.mean():.1%} of {view.basis}"
    )
    figures = {"bad_rate": share, "rows": region.rows, "share_of_bads": region.bads / float(view.default.sum())}
    return Suspect("value that tells", feature.name, evidence, Severity.BLOCKS, figures)
