"""What every test of evidence asks before it looks: columns of one length, nothing missing, and enough rows or events.

    @evidence(SLOPE, min_bads=True)
    def slope(default, pd, limits): ...

Columns are the one-dimensional arrays that the function is given; `default` among them holds outcomes. A test with too
little to judge is NOT EVALUATED with the reason, and its body is not called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import numpy as np

from riskmodel.core.evidence import Evidence, Method
from riskmodel.evaluation.grading import not_evaluated
from riskmodel.evaluation.requirements import require_rows, too_few, too_small
from riskmodel.stats.clusters import coded

P = ParamSpec("P")


def evidence(
    method: Method, *, min_rows: bool = False, min_bads: bool = False
) -> Callable[[Callable[P, Evidence]], Callable[P, Evidence]]:
    """Checks what a test of `method` is given, and refuses to judge too little.

    Parameters
    ----------
    method
        What is NOT EVALUATED where there is too little.
    min_rows, min_bads
        Whether the rows, or the bads and goods, must be as many as the thresholds' `least_rows`, or `least_bads`.

    Raises
    ------
    DataError
        From the decorated function: for columns of other lengths, missing numbers, outcomes that are not 0 or 1.
    """

    def decorate(test: Callable[P, Evidence]) -> Callable[P, Evidence]:
        signature = inspect.signature(test)

        @wraps(test)
        def judged(*args: P.args, **kwargs: P.kwargs) -> Evidence:
            bound = signature.bind(*args, **kwargs)
            given = bound.arguments
            rows = _checked(given)
            default, limits = given.get("default"), given["limits"]
            bads = None if default is None else int(default.sum())
            reason = too_small(rows, limits) if min_rows else ""
            if min_bads and default is not None:
                reason = reason or too_few(default, limits)
            return not_evaluated(method, reason, rows, bads=bads) if reason else test(*bound.args, **bound.kwargs)

        return judged

    return decorate


def _checked(given: dict[str, Any]) -> int:
    """How many rows the columns among the arguments share; labels of clusters become codes."""
    columns = {name: value for name, value in given.items() if isinstance(value, np.ndarray) and value.ndim == 1}
    for name in ("masks", "perturbed"):
        columns |= {f"{name} {key}": value for key, value in (given.get(name) or {}).items()}
    matrices = [len(value) for value in given.values() if isinstance(value, np.ndarray) and value.ndim == 2]
    rows = require_rows(**columns) if columns else (matrices or [0])[0]
    if given.get("clusters") is not None:
        given["clusters"] = coded(given["clusters"], rows)
    return rows
