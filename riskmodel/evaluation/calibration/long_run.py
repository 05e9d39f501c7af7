"""Evidence of whether PDs are right over the periods at hand, each of which counts alike however many rows it has.

`default` (n, 1 is a bad), `pd` (n) in [0, 1] and `period` (n, labels that sort by time) are of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from riskmodel.core import Interval, Mask, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.evaluation.calibration.calibration_tests import jeffreys_interval
from riskmodel.evaluation.grading import by_p, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import weighted
from riskmodel.stats.weighted import effective_counts

LONG_RUN = Method(
    "calibration.long_run",
    "Long-run calibration",
    "mean over periods of (default rate - mean PD); Student's t of the periods, one-sided",
    "CRR, Article 180(1)(a) and (h): long-run averages of default rates, five years at least; Student 1908",
    "Periods count alike and are taken as independent: an economic cycle makes neighbours go together. Neighbours with "
    "few bads or goods (least_bads) are pooled. It says nothing of years that are not at hand.",
    "the long-run default rate is not above the mean PD",
    counts_weights=True,
)
FEWEST = 3  # periods: of two no spread can be told
KEY = "long_run"


def pooled(default: Outcome, period: NDArray[np.str_], least: float) -> dict[str, Mask]:
    """Rows (n) of each period by its name; neighbours are pooled until each has so many bads and goods.

    What is left over at the end joins the pool before it.
    """
    pools: list[list[str]] = [[]]
    for name in np.unique(period).tolist():
        if pools[-1] and _enough(default, np.isin(period, pools[-1]), least):
            pools.append([])
        pools[-1].append(name)
    if len(pools) > 1 and not _enough(default, np.isin(period, pools[-1]), least):
        left_over = pools.pop()
        pools[-1].extend(left_over)
    return {_named(names): np.isin(period, names) for names in pools}


def _enough(default: Outcome, rows: Mask, least: float) -> bool:
    bads = int(default[rows].sum())
    return min(bads, int(rows.sum()) - bads) >= least


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def long_run(
    default: Outcome, pd: Vector, period: NDArray[np.str_] | None, limits: Thresholds, weight: Vector | None = None
) -> Evidence:
    """Whether default rates lie above the PDs on average over the periods; the table has each period.

    NOT EVALUATED where nothing dates the rows, or with fewer than three periods of enough bads and goods.
    """
    rows, bads = require_rows(default=default, pd=pd), int(default.sum())
    if period is None:
        return not_evaluated(LONG_RUN, "Nothing dates the rows: time names the column that does.", rows, bads=bads)
    require_rows(default=default, period=period)
    pools = pooled(default, period, limits.setting("least_bads"))
    lines = list(_lines(default, pd, pools, weight))
    apart = np.array([rate - mean for _, _, _, rate, _, _, mean in lines])
    if len(apart) < FEWEST:
        reason = f"{len(apart)} periods with enough bads and goods, of {len(np.unique(period))}; {FEWEST} are needed."
        return not_evaluated(LONG_RUN, reason, rows, bads=bads, tables=(_listed(lines),))
    figure, p_value = _student(apart)
    return by_p(LONG_RUN, limits, p_value, rows, figure=figure, bads=bads, tables=(_listed(lines),))


Line = tuple[str, int, int, float, float, float, float]


def _lines(default: Outcome, pd: Vector, pools: dict[str, Mask], weight: Vector | None) -> Iterator[Line]:
    for name, own in pools.items():
        heavy = None if weight is None else weight[own]
        rate = jeffreys_interval(*effective_counts(default[own] == 1, heavy))
        share = weighted.mean(default[own].astype(np.float64), heavy)
        yield name, int(own.sum()), int(default[own].sum()), share, rate.low, rate.high, weighted.mean(pd[own], heavy)


def _listed(lines: Sequence[Line]) -> Table:
    """The periods, and below them their plain means."""
    means = (float(np.mean([line[i] for line in lines])) for i in (3, 6))
    rate, mean = means
    total = (
        "mean of the periods",
        sum(line[1] for line in lines),
        sum(line[2] for line in lines),
        rate,
        None,
        None,
        mean,
    )
    columns = ("period", "rows", "bads", "default rate", "low", "high", "mean PD")
    return table("Default rate by period", columns, [*lines, total], KEY)


def _student(apart: Vector) -> tuple[Interval, float]:
    """The mean with its 95 % interval, and the p-value of H0: it is at most 0; without spread its sign decides."""
    freedom = len(apart) - 1
    value, error = float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(len(apart)))
    reach = float(stdtrit(freedom, 0.975)) * error
    p_value = float(stdtr(freedom, -value / error)) if error else float(value <= 0)
    return Interval(value, value - reach, value + reach), p_value
