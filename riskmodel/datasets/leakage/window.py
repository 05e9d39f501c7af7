"""Asks whether the youngest loans have their outcome yet, of all rows that the split has not left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from riskmodel.config import Data
from riskmodel.core import Outcome
from riskmodel.datasets import outcome_window, split
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.split import Rows


def of_table(table: pa.Table, data: Data, default: Outcome, rows: Rows) -> Iterator[Suspect]:
    """At most one question. Raises: DataError where data.time is no date."""
    if data.time is None:
        return
    own = np.concatenate(list(rows.samples.values()))
    days = split.dates(table.select([data.time]), data.time)[own]
    if (closing_window := outcome_window.closing(days, default[own])) is not None:
        figures = {
            "before": closing_window.before,
            "last": closing_window.last[-1],
            "window_days": float(closing_window.window_days),
        }
        yield Suspect("window closes", data.time, closing_window.in_words, SuspectSeverity.WARNS, figures)
