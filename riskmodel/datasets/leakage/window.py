"""Asks whether the youngest loans have their outcome yet, of all rows that the split has not left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from riskmodel.config import Data
from riskmodel.datasets import outcome_window
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.split import RowKeys, Rows


def of_table(data: Data, keys: RowKeys, rows: Rows) -> Iterator[Suspect]:
    """At most one question; the keys are those of all rows of the table."""
    if data.time is None or keys.days is None:
        return
    own = np.concatenate(list(rows.samples.values()))
    if (closing_window := outcome_window.closing(keys.days[own], keys.default[own])) is not None:
        figures = {
            "before": closing_window.before,
            "last": closing_window.last[-1],
            "window_days": float(closing_window.window_days),
        }
        yield Suspect("window closes", data.time, closing_window.in_words, SuspectSeverity.WARNS, figures)
