"""How obligors that stand in more than one period move between grades, from their first date to their last."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.core.evidence import Evidence
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.stability.migration import (
    BANDWIDTH,
    MIGRATION_ORDER,
    Counts,
    Grades,
    bandwidth,
    matrix,
    migration_order,
)
from riskmodel.evaluation.thresholds import Thresholds

NO_OBLIGORS = "No obligor stands in two periods: it takes a date, and an id or a cluster that repeats."


def between_dates(obligor: NDArray[Any], period: NDArray[np.str_], grade: Grades, grades: int) -> Counts:
    """How many obligors went from each grade to each.

    Parameters
    ----------
    obligor, period
        Labels of the rows (n); periods sort by time. Of several rows of one obligor in a period the first counts.
    grade
        From 0, the best (n).
    grades
        How many there are.

    Returns
    -------
    Counts
        grades x grades, from the first period to the last of each obligor that has two.
    """
    require_rows(obligor=obligor, period=period, grade=grade)
    when = np.unique(period, return_inverse=True)[1]
    whose = np.unique(obligor, return_inverse=True)[1]
    order = np.lexsort((np.arange(len(when)), when, whose))
    starts = np.flatnonzero(np.diff(whose[order], prepend=-1))
    of_period = np.flatnonzero((np.diff(whose[order], prepend=-1) != 0) | (np.diff(when[order], prepend=-1) != 0))
    ends = of_period[np.searchsorted(of_period, np.append(starts[1:], len(order)), side="left") - 1]
    first, last = order[starts], order[ends]
    twice = when[first] != when[last]
    return matrix(grade[first[twice]], grade[last[twice]], grades)


def migration(counts: Counts, limits: Thresholds) -> tuple[Evidence, ...]:
    """How far those who move move, and whether migrations thin out away from the diagonal."""
    if not counts.sum():
        return without(0)
    return bandwidth(counts, limits), migration_order(counts, limits)


def without(rows: int) -> tuple[Evidence, ...]:
    """Both NOT EVALUATED, for nobody stands in two periods."""
    return tuple(not_evaluated(method, NO_OBLIGORS, rows) for method in (BANDWIDTH, MIGRATION_ORDER))
