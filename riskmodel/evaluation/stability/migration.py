"""Evidence of how rows move between grades, and of how they crowd in few of them; outcomes play no part.

`before` and `after` (n) are the grades of the same rows, from 0, the best: at two dates, or by two scorers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from riskmodel.core import Interval
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts_p
from riskmodel.evaluation.grading import by_p, by_value, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows, too_small
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats.interval import NOT_EVALUATED, around, of_share

MATRIX = "migration_matrix"
Grades = NDArray[np.intp]
Counts = NDArray[np.intp]

BANDWIDTH = Method(
    "stability.bandwidth",
    "Matrix weighted bandwidth",
    "upper: sum over i < j of |i - j| N_ij / sum over i < j of max(|i - K|, |i - 1|) N_ij; lower: over i > j",
    "ECB 2019, 2.5.5.1; interval by the delta method for a ratio",
    "The larger of the two stands in front. 1 means that all who move, move as far as they can.",
    needs_outcome=False,
)
MIGRATION_ORDER = Method(
    "stability.migration_order",
    "Order of the migration matrix",
    "z = (p_near - p_far) / sqrt((p_near (1 - p_near) + p_far (1 - p_far) + 2 p_near p_far) / N_i); p = Phi(z); Holm",
    "ECB 2019, 2.5.5.2, which corrects for no number of cells; Holm 1979",
    "Neighbouring cells of one row, the nearer to the diagonal first, and the diagonal itself; rows with too few "
    "obligors are left out.",
    "migrations grow no more frequent away from the diagonal",
    needs_outcome=False,
)
CONCENTRATION = Method(
    "stability.concentration",
    "Concentration in grades",
    "HI = 1 + ln(sum of R_k^2) / ln K; z of the difference of ln(sum of R_k^2), one-sided",
    "ECB 2019, 2.5.5.3 for the index; variance of a multinomial share by the delta method",
    "Two samples without a row in common. The ECB's own p takes the K grades as the sample: it stands in the table, "
    "and with few grades it almost never rejects.",
    "the index is not higher than at the initial validation",
    needs_outcome=False,
)
SCORE_MIGRATION = Method(
    "change.score_migration",
    "Migration from champion to challenger",
    "share of rows whose grade differs by two or more",
    "ECB 2019, 2.5.5.1, on one date and two scorers; interval Wilson 1927",
    "The same rows under both scorers, with the same edges of the grades.",
    needs_outcome=False,
)


def matrix(before: Grades, after: Grades, grades: int) -> Counts:
    """How many rows went from each grade to each. Raises: DataError for a grade that there is not."""
    require_rows(before=before, after=after)
    both = np.concatenate([before, after])
    if len(both) and not (both.min() >= 0 and both.max() < grades):
        raise DataError(f"grades must be from 0 to {grades - 1}, however: {both.min()} to {both.max()}")
    return np.bincount(before * grades + after, minlength=grades**2).reshape(grades, grades)


def bandwidth(counts: Counts, limits: Thresholds) -> Evidence:
    """How far those who move move, up and down."""
    if small := too_small(int(counts.sum()), limits):
        return not_evaluated(BANDWIDTH, small, int(counts.sum()))
    sides = {"upper": matrix_bandwidth(counts), "lower": matrix_bandwidth(counts[::-1, ::-1])}
    listing = table(
        "Bandwidth", ("side", "value", "low", "high"), [(n, f.value, f.low, f.high) for n, f in sides.items()]
    )
    worst = max(sides, key=lambda name: np.nan_to_num(sides[name].value))
    facts: dict[str, Any] = {"about": worst, "tables": (listing, listed(counts))}
    if np.isnan(sides[worst].value):
        return not_evaluated(BANDWIDTH, "Nobody changes the grade.", int(counts.sum()), **facts)
    return by_value(BANDWIDTH, limits, sides[worst], int(counts.sum()), **facts)


def matrix_bandwidth(counts: Counts) -> Interval:
    """The upper one, of moves to worse grades; NaN where nobody moves. Of both axes reversed it is the lower one."""
    i, j = np.triu_indices(len(counts), 1)
    moves, far, most = counts[i, j], j - i, np.maximum(len(counts) - 1 - i, i)
    if not moves.sum():
        return NOT_EVALUATED
    value = float(moves @ far / (moves @ most))
    error = np.sqrt(moves @ (far - value * most) ** 2) / (moves @ most)
    return around(value, float(error))


def listed(counts: Counts) -> Table:
    """The matrix as a table of counts."""
    columns = ("from", *(f"to {grade}" for grade in range(len(counts))))
    return table("Migration matrix", columns, [(i, *row) for i, row in enumerate(counts)], MATRIX)


def migration_order(counts: Counts, limits: Thresholds) -> Evidence:
    """Whether migrations thin out away from the diagonal."""
    parts = []
    for i, row in enumerate(counts):
        rows = int(row.sum())
        small = too_small(rows, limits)
        for far in [*range(i), *range(i + 1, len(counts))]:
            near = far + (1 if far < i else -1)
            figure, p_value = _step(row[near] / rows, row[far] / rows, rows) if rows else (NOT_EVALUATED, np.nan)
            parts.append(Subgroup(f"{i} to {near} over {i} to {far}", rows, None, figure, p_value, small))
    return by_parts_p(MIGRATION_ORDER, limits, parts, int(counts.sum()), "cells")


def _step(near: float, far: float, rows: int) -> tuple[Interval, float]:
    """The difference of two cells of a row; two empty cells say nothing against the order."""
    error = float(np.sqrt((near * (1 - near) + far * (1 - far) + 2 * near * far) / rows))
    figure = around(float(near - far), error)
    return figure, float(ndtr(figure.value / error)) if error else 0.5


def concentration(initial: Counts, current: Counts, limits: Thresholds) -> Evidence:
    """Whether rows crowd in fewer grades than at first; both are counts by grade (K). Raises: DataError."""
    if initial.shape != current.shape or len(current) < 2:
        raise DataError(f"both must count the same two grades or more, however: {len(initial)} and {len(current)}")
    rows = int(current.sum())
    if small := too_small(min(rows, int(initial.sum())), limits):
        return not_evaluated(CONCENTRATION, small, rows)
    (then, error_then), (now, error_now) = _crowding(initial), _crowding(current)
    rise, error = now - then, float(np.hypot(error_then, error_now))
    scale = np.log(len(current))
    p_value = float(ndtr(-rise / error)) if error else 0.5 * float(rise <= 0) + 0.5 * float(rise < 0)
    lines = [("initial", 1 + then / scale), ("now", 1 + now / scale), ("p after ECB 2019", _ecb(initial, current))]
    listing = table("Herfindahl index", ("what", "value"), lines)
    figure = around(1 + now / scale, error_now / scale)
    return by_p(CONCENTRATION, limits, p_value, rows, figure=figure, tables=(listing,))


def _crowding(counts: Counts) -> tuple[float, float]:
    """The logarithm of the sum of squared shares, and its standard error."""
    share = counts / counts.sum()
    total = float(share @ share)
    variance = 4 * float(share @ share**2 - total**2) / counts.sum()
    return float(np.log(total)), float(np.sqrt(max(variance, 0.0))) / total


def _ecb(initial: Counts, current: Counts) -> float:
    grades = len(current)
    then, now = (float(np.sqrt(grades * ((c / c.sum() - 1 / grades) ** 2).sum())) for c in (initial, current))
    if not now:
        return float("nan")
    return 1 - float(ndtr(np.sqrt(grades - 1) * (now - then) / np.sqrt(now**2 * (0.5 + now**2))))


def score_migration(champion: Grades, challenger: Grades, grades: int, limits: Thresholds) -> Evidence:
    """How many rows the challenger grades otherwise by two grades or more; the matrix stands in the tables."""
    counts = matrix(champion, challenger, grades)
    rows = int(counts.sum())
    if small := too_small(rows, limits):
        return not_evaluated(SCORE_MIGRATION, small, rows)
    away = np.abs(np.subtract.outer(np.arange(grades), np.arange(grades)))
    by_steps = [(int(step), int(counts[away == step].sum())) for step in range(grades)]
    bands = [
        (n, f.value, f.low, f.high)
        for n, f in (("worse", matrix_bandwidth(counts)), ("better", matrix_bandwidth(counts[::-1, ::-1])))
    ]
    listing = (
        listed(counts),
        table("Rows by steps moved", ("grades", "rows"), by_steps),
        table("Bandwidth", ("side", "value", "low", "high"), bands),
    )
    return by_value(SCORE_MIGRATION, limits, of_share(int(counts[away >= 2].sum()), rows), rows, tables=listing)
