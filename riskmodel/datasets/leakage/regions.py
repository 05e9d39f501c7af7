"""A value that tells: rows with it are nearly all bad, or never, as where it is filled in only after default.

Such a column may have a modest AUC, since it says nothing of the other rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Kind
from riskmodel.datasets.leakage import ordering
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.stats.words import percent

# Conventions: the odds of bad in the worst region of public credit data are 12 times those of all rows.
BAD_ODDS, BAD_RATE = 20.0, 0.80  # the lower bound of the odds, by those of all rows, and of the bad rate
GOOD_ODDS = 50.0  # by how much the upper bound of the odds lies below those of all rows
SHARE_OF_BADS, SHARE_OF_GOODS = 0.05, 0.10  # fewer rows than these hardly move a model
# Certainty on a large share, of a feature that says little elsewhere: no honest one is like that, and it alone blocks.
# The end of a strong feature is nearly certain too, but the rest of it is strong as well.
CERTAIN, SURE = 0.98, 0.85  # the bad rate, and its lower bound
LARGE_OF_BADS, LARGE_OF_GOODS = 0.20, 0.40
LITTLE = 0.75  # the AUC outside the region


@dataclass(frozen=True)
class Region:
    """Rows that one condition on a feature picks."""

    words: str
    bads: float
    rows: float
    levels: NDArray[np.bool_]  # of the feature: which of them it is made of


def telling(feature: Feature, view: ScreeningView) -> Suspect | None:
    """The region that holds the most rows of those that give the outcome away; one that is certain and large blocks."""
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
    certain = (bad >= LARGE_OF_BADS * bads) & (bad >= CERTAIN * count) & (low >= SURE)
    certain |= gives & (count - bad >= LARGE_OF_GOODS * goods)
    if not (gives | certain).any():
        return None
    chosen = certain if certain.any() else gives
    return _suspect(feature, regions[int(np.argmax(count * chosen))], view, certain=bool(certain.any()))


def _regions(feature: Feature, view: ScreeningView) -> Iterator[Region]:
    rows, bads = ordering.tally(feature.levels), ordering.tally(feature.levels, view.default)
    size = len(feature.names) if feature.column.kind is Kind.CATEGORICAL else len(feature.upper) + 1

    def region(words: str, start: int, stop: int, *, outside: bool = False) -> Region:
        levels = np.zeros(len(rows), bool)
        levels[start:stop] = True
        levels ^= outside
        return Region(words, float(bads[levels].sum()), float(rows[levels].sum()), levels)

    if len(rows) > size and rows[size]:
        yield region("missing", size, size + 1)
        yield region("filled in", size, size + 1, outside=True)
    for i, code in enumerate(feature.column.codes, start=size + 1):
        if i < len(rows):
            yield region(f"{code:g}", i, i + 1)
    if feature.column.kind is Kind.CATEGORICAL:
        large = np.flatnonzero(rows[:size] >= SHARE_OF_BADS * view.default.sum())
        yield from (region(repr(feature.names[i]), i, i + 1) for i in large.tolist())
        return
    for i, edge in enumerate(feature.upper.tolist()):
        yield region(f"at most {edge:g}", 0, i + 1)
        yield region(f"above {edge:g}", i + 1, size)
    for i in range(1, len(feature.upper)):
        yield region(f"above {feature.upper[i - 1]:g} and at most {feature.upper[i]:g}", i, i + 1)


def _suspect(feature: Feature, region: Region, view: ScreeningView, *, certain: bool) -> Suspect:
    share, of_all = region.bads / region.rows, region.rows / len(view.rows)
    alone, without = _aucs(feature, region, view)
    blocks = certain and without < LITTLE
    evidence = (
        f"{'gives the outcome away' if blocks else 'may give the outcome away'}: {percent(share, 1)} of the "
        f"{int(region.rows):,} rows ({percent(of_all, 1)} of all) where it is {region.words} are bad, against "
        f"{percent(view.default.mean(), 1)} of {view.basis}; its AUC by itself is {alone:.3f}, {without:.3f} "
        "without these rows"
    )
    figures = {
        "bad_rate": share,
        "rows": region.rows,
        "share_of_rows": of_all,
        "share_of_bads": region.bads / float(view.default.sum()),
        "auc": alone,
        "auc_without": without,
    }
    severity = SuspectSeverity.BLOCKS if blocks else SuspectSeverity.WARNS
    return Suspect("value that tells", feature.name, evidence, severity, figures)


def _aucs(feature: Feature, region: Region, view: ScreeningView) -> tuple[float, float]:
    """Of the feature by the bad rates of its levels, on all rows and on those outside the region; 0.5 for one class."""
    rest = ~region.levels[feature.levels]
    whole = ordering.by_bad_rate(feature.levels, view.default, view.folds).auc
    if len(np.unique(view.default[rest])) < 2:
        return whole, 0.5
    return whole, ordering.by_bad_rate(feature.levels[rest], view.default[rest], view.folds[rest]).auc
