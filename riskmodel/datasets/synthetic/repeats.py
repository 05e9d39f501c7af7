"""Who comes back: borrowers with several loans, and rows that stand twice. Both stay within a block."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from riskmodel.datasets.synthetic.applicants import Columns

_SAME = ("group", "employment", "region", "residence", "dependants")

Rows = NDArray[np.intp]


def borrowers(rng: Generator, rows: int, share: float) -> Rows:
    """For each loan the row of its borrower's first one; `share` of the loans go to the borrower of another row."""
    own = np.arange(rows)
    again = rng.random(rows) < share
    return np.where(again, rng.choice(own[~again], rows), own)


def carried(drawn: Columns, first: Rows, months: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The columns with what stays the same about a person, and with an age that goes with the month of the loan."""
    same = {name: drawn[name][first] for name in _SAME if name in drawn}
    if "age" in drawn:
        later = months // 12 - months[first] // 12
        same["age"] = np.clip(drawn["age"][first] + later, 18, 85).astype(np.int32)
    return {**drawn, **same}


def duplicates(rng: Generator, rows: int, share: float) -> Rows:
    """For each row the one that it shows; `share` of the rows show an earlier one."""
    own = np.arange(rows)
    copied = (rng.random(rows) < share) & (own > 0)
    source = np.where(copied, (rng.random(rows) * own).astype(np.intp), own)
    while copied[source].any():  # a copy of a copy shows the original
        source = source[source]
    return source
