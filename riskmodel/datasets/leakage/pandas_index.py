"""The numbers of a frame's rows, which pandas wrote as a column: they say where a row stood, often in which part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from riskmodel.core import Kind
from riskmodel.datasets import names
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.leakage.univariate import strongest


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """Whole numbers under a name that pandas gives."""
    if feature.column.kind is not Kind.NUMERIC or not names.pandas_index(feature.name):
        return
    if (np.mod(feature.present, 1) == 0).all():
        auc = strongest(feature, view).auc
        evidence = f"is the number of a row, which pandas wrote beside the table; its AUC by itself is {auc:.3f}"
        yield Suspect("row number", feature.name, evidence, SuspectSeverity.BLOCKS, {"auc": auc})
