"""Rows for a question that takes no outcomes: labelled or not, they all teach, choose and confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from riskmodel.core import Column, Development, Mask, Matrix, Outcome, Sample, Sealed, Split
from riskmodel.datasets import encode, outcome
from riskmodel.errors import DataError
from riskmodel.scorers import AS_SAVED, ModelSettings
from riskmodel.workflows.prune import table
from riskmodel.workflows.prune.table import AS_USUAL, Spelling

SHARES = {"train": 0.35, "tune": 0.1, "selection": 0.2, "test": 0.35}  # an exact bound near 1 takes many rows
FEWEST = 400  # rows
LABELLED = "labelled"  # attribute of a sample: which of its rows have an outcome


@dataclass(frozen=True)
class DecisionSource:
    """A model, and applications with or without outcomes; all rows of an id column must differ.

    Parameters
    ----------
    target
        Column of the outcome, for figures beside the answer; None where there is none.
    unlabelled
        More applications, without outcome.
    """

    model: Path
    data: Path
    target: str | None = None
    id_column: str | None = None
    seed: int = 0
    unlabelled: Path | None = None
    spelling: Spelling = AS_USUAL
    settings: ModelSettings = AS_SAVED
    bad: str | None = None
    library: str | None = None  # lightgbm or xgboost, where the smaller model shall be another library's
    weight: None = None  # an exact bound counts rows


def drawn(source: DecisionSource, features: tuple[Column, ...], check: Callable[[pa.Table], None]) -> Split:
    """The four samples, once `check` has seen the whole table. Raises: DataError."""
    roles = {"target": source.target, "id": source.id_column}
    whole = table.checked(source.data, features, roles, source.spelling, check)
    default = None
    if source.target is not None:
        default = outcome.outcome(whole, source.target, source.bad, said=outcome.OPTIONS)
    matrix = encode.matrix(whole, features)
    more = None if source.unlabelled is None else table.unlabelled(source.unlabelled, features, source.spelling)
    return dealt(matrix, default, more, features, source.seed)


def dealt(
    matrix: Matrix, default: Outcome | None, more: Matrix | None, features: tuple[Column, ...], seed: int
) -> Split:
    """Rows (n x features) and further ones (m x features), dealt at random. Raises: DataError for too few."""
    rows = matrix if more is None else np.concatenate([matrix, more])
    if len(rows) < FEWEST:
        raise DataError(f"there must be at least {FEWEST} rows to compare decisions on, however: {len(rows)}")
    labelled: Mask = np.arange(len(rows)) < (0 if default is None else len(default))
    known = np.zeros(len(rows), np.int8)
    known[labelled] = 0 if default is None else default
    edges = np.rint(np.cumsum([*SHARES.values()])[:-1] * len(rows)).astype(int)
    places = np.split(np.random.default_rng(seed).permutation(len(rows)), edges)

    def sample(name: str, place: np.ndarray) -> Sample:
        at = np.sort(place)
        return Sample(name, features, rows[at], known[at], at, {LABELLED: labelled[at]})

    train, tune, selection, test = (sample(name, place) for name, place in zip(SHARES, places, strict=True))
    return Split(Development(train, tune), selection, Sealed(test))


def with_outcome(sample: Sample) -> Sample | None:
    """The rows with an outcome; None where they have not both outcomes."""
    some = sample.take(np.flatnonzero(sample.attributes[LABELLED]))
    return some if len(np.unique(some.default)) == 2 else None
