"""The pruned file with the columns alone that some split reads, read back and held against the one with all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from riskmodel.core import Sample, Scorer
from riskmodel.errors import RiskModelError
from riskmodel.scorers import ModelSettings
from riskmodel.scorers.base.narrowing import narrow
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import write as files

ROWS = 20_000  # made up, on which both must agree to the last bit, beside the test sample


def write(place: Path, whole: Scorer, settings: ModelSettings, test: Sample, *, binary: bool) -> None:
    """Writes the model without the columns that it never reads.

    Raises: UnsupportedScorer where none is read; RiskModelError where a margin of the file would be another.
    """
    narrowed = narrow(whole)
    place.write_bytes(files.model(narrowed, binary))
    names = {column.name for column in narrowed.features}
    known = replace(
        settings,
        levels={name: levels for name, levels in settings.levels.items() if name in names},
        monotone={name: sign for name, sign in settings.monotone.items() if name in names},
    )
    read = library_parity.opened(place, known).scorer
    places = [i for i, column in enumerate(whole.features) if column.name in names]
    for matrix in (test.columns(whole.features), whole.probes(ROWS)):
        same = read.margin(np.ascontiguousarray(matrix[:, places]))
        if changed := int((whole.margin(matrix) != same).sum()):
            raise RiskModelError(f"every margin must stay the same, however: {changed} of {len(matrix)} move")
