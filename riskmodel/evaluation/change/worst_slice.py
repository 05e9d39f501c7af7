"""Evidence from a search: the slice, of all bands and all pairs of bands, that the change harms most.

Whoever looks at a thousand slices finds a bad one by chance. The largest statistic is held against the largest that
the same search finds where losses have random signs, so that one search in twenty rings without a cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Interval, Mask, Matrix, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.evaluation.grading import mark_tolerance, marked, not_evaluated, table
from riskmodel.evaluation.preconditions import evidence
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import log_loss
from riskmodel.stats.clusters import Clusters

WORST_SLICE = Method(
    "change.worst_slice",
    "The slice that is harmed most, searched for",
    "T = (sum of (e - tolerance)) / root of the sum of e^2 over a slice, e the log-loss gained by a row less the mean; "
    "p: share of 199 draws of random signs (by cluster) whose largest T over all slices is as large",
    "max-T, Westfall and Young 1993, with multipliers, Chernozhukov, Chetverikov and Kato 2013; the tolerance is "
    "convention (tolerated_log_loss)",
    "Bands and pairs of bands with enough rows; at most 10,000 rows, evenly spread. A search that finds nothing is no "
    "pass unless its simultaneous bounds exclude the tolerance everywhere.",
    "no slice loses more than all do, by more than the tolerance",
)
_DRAWS = 199
_ROWS = 10_000
_BANDS = 120
_LISTED = 10


@dataclass(frozen=True, eq=False)
class Searched:
    """Every pair of bands (b x b; the diagonal are the bands): rows, sum and root of squares of the excess losses."""

    rows: Matrix
    total: Matrix
    spread: Matrix
    enough: NDArray[np.bool_]
    largest: Vector  # of each draw of signs: the largest statistic

    def p_value(self, statistic: float) -> float:
        """After the search."""
        return float((1 + (self.largest >= statistic).sum()) / (len(self.largest) + 1))


@evidence(WORST_SLICE, min_bads=True)
def worst_slice(  # noqa: PLR0917
    default: Outcome,
    champion: Vector,
    challenger: Vector,
    masks: Mapping[str, Mask],
    limits: Thresholds,
    clusters: NDArray[Any] | None = None,
) -> Evidence:
    """The excess log-loss of the worst slice, with bounds that hold for all slices at once.

    Parameters
    ----------
    default, champion, challenger
        Outcomes, and PDs of both (n).
    masks
        Bands (n, boolean), by name; slices are these and all pairs of them.
    limits
        The tolerance, and how many rows a slice must have.
    clusters
        Labels (n) of rows that belong together.
    """
    rows, bads = len(default), int(default.sum())
    names = list(masks)[:_BANDS]
    lost = log_loss.of_pd(default, challenger) - log_loss.of_pd(default, champion)
    taken = np.linspace(0, rows - 1, min(rows, _ROWS)).astype(np.intp)
    bands = np.column_stack([masks[name][taken] for name in names]) if names else np.zeros((len(taken), 0), bool)
    excess, codes = lost[taken] - lost[taken].mean(), None if clusters is None else clusters[taken]
    search = _searched(bands, excess, limits.setting("least_rows"), codes)
    if not search.enough.any():
        return not_evaluated(WORST_SLICE, "No slice has enough rows.", rows, bads=bads)
    tolerance = limits.setting("tolerated_log_loss")
    statistic = np.where(search.enough, (search.total - tolerance * search.rows) / search.spread, -np.inf)
    worst = np.unravel_index(int(statistic.argmax()), statistic.shape)
    reach = float(np.quantile(search.largest, 0.95)) * search.spread / np.maximum(search.rows, 1)
    mean = search.total / np.maximum(search.rows, 1)
    within = bool((mean + reach)[search.enough].max() < tolerance)
    p_value = search.p_value(float(statistic[worst]))
    mark, reason = mark_tolerance(limits[WORST_SLICE.id], p_value, 0.0 if within else 1.0)
    figure = Interval(*(float(v[worst]) for v in (mean, mean - reach, mean + reach)))
    listing = _listed(names, search, statistic, mean, reach)
    searched = f" {int(np.triu(search.enough).sum())} slices were searched."
    facts = {"bads": bads, "figure": figure, "about": _name(names, worst), "tables": (listing,)}
    facts |= {"p_value": p_value, "statistic": float(statistic[worst])}
    return marked(WORST_SLICE, limits, mark, reason + searched, rows, **facts)


def _searched(bands: NDArray[np.bool_], excess: Vector, least: float, clusters: Clusters | None) -> Searched:
    """All pairs at once: with 0 and 1 for a band, M' diag(w) M sums a weight w over every pair of bands."""
    table = bands.astype(np.float32)
    rows = (table.T @ table).astype(np.float64)
    total = (table.T @ (table * excess[:, None].astype(np.float32))).astype(np.float64)
    squares = (table.T @ (table * (excess**2)[:, None].astype(np.float32))).astype(np.float64)
    enough = (rows >= least) & (rows <= len(bands) - least) & (squares > 0)
    spread = np.sqrt(np.where(enough, squares, 1.0))
    rng, largest = np.random.default_rng(0), np.zeros(_DRAWS)
    groups = np.arange(len(bands)) if clusters is None else clusters
    for draw in range(_DRAWS if enough.any() else 0):
        signs = rng.choice(np.array([-1.0, 1.0]), int(groups.max()) + 1)[groups]
        drawn = table.T @ (table * (signs * excess)[:, None].astype(np.float32))
        largest[draw] = float((drawn / spread)[enough].max())
    return Searched(rows, total, spread, enough, largest)


def _listed(names: list[str], search: Searched, statistic: Matrix, mean: Matrix, reach: Matrix) -> Table:
    """The worst slices, the surest first."""
    order = np.argsort(-np.where(np.triu(search.enough), statistic, -np.inf), axis=None)[:_LISTED]
    lines = []
    for at in zip(*np.unravel_index(order, statistic.shape), strict=True):
        if np.isfinite(statistic[at]) and at[0] <= at[1]:
            p_value = search.p_value(float(statistic[at]))
            low, high = mean[at] - reach[at], mean[at] + reach[at]
            lines.append((_name(names, at), int(search.rows[at]), mean[at], low, high, p_value))
    columns = ("slice", "rows", "excess log-loss", "low", "high", "p after the search")
    return table("The slices that are harmed most", columns, lines, "worst_slices")


def _name(names: list[str], at: tuple[Any, ...]) -> str:
    one, other = sorted(int(i) for i in at[:2])
    return names[one] if one == other else f"{names[one]} and {names[other]}"
