"""A model file in the words of another library before anything is cut: what is judged is what will be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from riskmodel import tables
from riskmodel.core import Column
from riskmodel.datasets import encode
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers import ForeignModel, ModelSettings
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.scorers.foreign import other_library
from riskmodel.workflows import library_parity, row_levels
from riskmodel.workflows.library_parity import TOLERANCE


@dataclass(frozen=True)
class OpenedFile:
    """A model file, ready to be cut.

    Parameters
    ----------
    model
        What was read, in the words of `library` where one is named; its answer is the given library's.
    settings
        What a file of it loses.
    given
        The bytes that it would be written as uncut.
    is_given
        Whether these are the file's own.
    hold
        Raises RiskModelError where the given library, or the trees in other words, score rows of a table otherwise.
    """

    model: ForeignModel
    settings: ModelSettings
    given: bytes
    is_given: bool
    hold: Callable[[pa.Table], None]


def opened(path: Path, settings: ModelSettings, data: Path, library: str | None) -> OpenedFile:
    """A file held against its library, then in the words of `library`. Raises: RiskModelError."""
    if library is not None:
        other_library.check(library)
    model, settings = row_levels.opened(path, settings, data)

    def hold(rows: pa.Table) -> None:
        library_parity.hold_table(model, rows, data.name)

    if library is None:
        return OpenedFile(model, settings, path.read_bytes(), True, hold)
    levels = row_levels.as_in_rows(model, settings.levels, tables.read(data).schema)
    made = other_library.converted(model.scorer, levels, library, has_names=model.has_names)
    _refuse_renamed(model.scorer.features, made, library)
    names = {model.scorer.features[place].name: of for place, of in levels.items()}
    known = replace(settings, levels=names, as_codes=not levels)

    def hold_both(rows: pa.Table) -> None:
        hold(rows)
        hold_alike(model.scorer, made, rows)

    return OpenedFile(replace(model, scorer=made), known, made.model, False, hold_both)


def hold_alike(given: BoosterScorer, made: BoosterScorer, rows: pa.Table) -> None:
    """Raises: UnsupportedScorer where a number of the rows is rounded over a threshold, as XGBoost does."""
    matrix = encode.matrix(rows, given.features)
    turned = np.abs(given.pd(matrix) - made.pd(matrix)) > TOLERANCE
    if turned.any():
        raise UnsupportedScorer(
            f"in {made.kind} the PDs must stay within {TOLERANCE:g}, however: in {int(turned.sum())} of {len(matrix)} "
            "rows a number is rounded over a threshold; keep the library, or round the numbers before"
        )


def _refuse_renamed(features: tuple[Column, ...], made: BoosterScorer, library: str) -> None:
    """Raises: UnsupportedScorer for a name that the file cannot have, under which rows would not be found."""
    for column, name in zip(features, made.native.trees[1].names, strict=False):
        if name != column.name:
            raise UnsupportedScorer(f"{library} cannot name a feature {column.name!r}: it would be {name!r}")
