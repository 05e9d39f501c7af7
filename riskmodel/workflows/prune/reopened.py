"""A cut model written as a native file, and read back: what is judged is what the file says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from riskmodel.core import Sample, Scorer
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.certificate import PARITY
from riskmodel.workflows import library_parity
from riskmodel.workflows.prune import write
from riskmodel.workflows.prune.as_library import OpenedFile
from riskmodel.workflows.prune.path import Cut


def reopened(place: Path, opened: OpenedFile, chosen: Cut, test: Sample, *, binary: bool) -> Scorer:
    """The chosen cut of the model that was opened, read back from its file.

    Raises: RiskModelError if it does not score as it was judged.
    """
    as_given = chosen.plan is None and opened.is_given and write.is_binary_file(opened.given) == binary
    place.write_bytes(opened.given if as_given else write.model(chosen.scorer, binary))
    written = library_parity.opened(place, opened.settings).scorer
    rows = test.columns(written.features)
    apart = float(np.abs(written.margin(rows) - chosen.scorer.margin(rows)).max())
    if apart > PARITY[chosen.trees.rules]:
        raise RiskModelError(f"{place.name}: the written model must score as it was judged, however: {apart:.1e} apart")
    return written
