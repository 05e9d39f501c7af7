"""Prunes a model that lives in memory, and gives back the same class; nothing is read, written or judged.

The model that comes back has PDs brought to the given one's, and its frame: feature names, levels of the categories,
label classes. The given model stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from riskmodel import scorers
from riskmodel.core import Column, Development, Matrix, Outcome, Pruner, Sample, Scorer, Vector
from riskmodel.datasets import encode
from riskmodel.datasets.row_weights import checked, repeats
from riskmodel.errors import DataError, RiskModelError
from riskmodel.scorers._base.library_objects import Parts, taken_apart
from riskmodel.stats.small_sample import FOR_LEAF
from riskmodel.tables import near
from riskmodel.trees import HasTrees
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import size as prune_size
from riskmodel.workflows.prune import write
from riskmodel.workflows.prune.path import METHOD, tree_pruner, trees_of
from riskmodel.workflows.prune.size import SIZES, Size

Model = TypeVar("Model")
TUNE = 0.25  # share of the rows that decides; the rest fits
_GENERATED = re.compile(r"Column_\d+|f\d+")  # a model that was trained on an array


def prune_trees(
    model: Model,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike,
    *,
    keep: float | None = None,
    leaves: int | None = None,
    nodes: int | None = None,
    trees: int | None = None,
    bytes: int | None = None,  # noqa: A002 - as the command names it
    method: str = METHOD,
    sample_weight: ArrayLike | None = None,
    unlabelled: Any = None,
    seed: int = 0,
) -> Model:
    """A smaller model of the same class: LightGBM's or XGBoost's Booster or scikit-learn classifier.

    `X` is n x features, a DataFrame (columns by name) or an array (by place, categories as codes); `y` (n) has two
    classes, the later one in sorted order is the bad. One of five sets the size: `keep`, the share of leaves that
    stays, or the most `leaves`, `nodes`, `trees` or `bytes` of the library's own text or JSON. A row with twice the
    `sample_weight` counts as two. `unlabelled` (like `X`) are applications without outcome, declined ones for example:
    from them the smaller model learns the given one's PD. Rows should be new to the model: on its own train rows every
    leaf looks useful.

    Raises: RiskModelError.
    """
    size = Size(keep, leaves, nodes, trees, bytes)
    size.check()
    pruner = tree_pruner(method)
    parts = taken_apart(model)
    given = _scorer(parts)
    rows = _rows(_matrix(X, given.features, parts.missing), _outcome(y, parts.classes), sample_weight)
    development = rows.development(given.features, np.random.default_rng(seed))
    if unlabelled is not None:
        development = replace(development, unlabelled=_matrix(unlabelled, given.features, parts.missing))
    keep = _share(size, parts, given, pruner, development)
    (cut,) = prune_path.cuts(given, pruner, development, [keep])
    made: Model = parts.rebuilt(write.model(cut.scorer))
    return made


def _share(size: Size, parts: Parts, given: Scorer, pruner: Pruner, development: Development) -> float:
    def cuts(keeps: Sequence[float]) -> Iterator[Scorer]:
        return (cut.scorer for cut in prune_path.cuts(given, pruner, development, keeps))

    def count(scorer: Scorer, unit: str) -> int:
        if unit != "bytes":
            return write.count(scorer, unit)
        made = parts.rebuilt(write.model(scorer))
        return len(taken_apart(made).content)  # the library writes the same at more length

    whole = trees_of(given).n_leaves
    keep = prune_size.largest(size.budget, whole, cuts, count) if size.budget else size.share(whole)
    if keep is None:
        raise RiskModelError(f"one of {', '.join(SIZES)} must set the size, however: none is given")
    return keep


def _scorer(parts: Parts) -> Scorer:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(parts.content)
        scorer = scorers.open_native(path)
    trees = trees_of(scorer)
    if parts.used is None or not isinstance(scorer, HasTrees) or parts.used >= len(trees.trees):
        return scorer
    return scorer.with_ensemble(replace(trees, trees=trees.trees[: parts.used]))


def _matrix(X: Any, features: Sequence[Column], missing: float) -> Matrix:  # noqa: N803
    """Rows x features; an array's columns by place, a frame's by name unless the model has none of its own."""
    if isinstance(X, pd.DataFrame):
        matrix = encode.matrix(_table(_named(X, features)), features)
    else:
        matrix = np.array(X, np.float64)
    if matrix.ndim != 2 or matrix.shape[1] != len(features):
        raise DataError(f"X must be rows x {len(features)}, however: {' x '.join(map(str, matrix.shape))}")
    return np.where(matrix == missing, np.nan, matrix)


def _named(frame: pd.DataFrame, features: Sequence[Column]) -> pd.DataFrame:
    names, own = [column.name for column in features], [str(name).replace(" ", "_") for name in frame.columns]
    frame = frame.set_axis([name if name in names else str(old) for old, name in zip(frame, own, strict=True)], axis=1)
    if all(name in frame.columns for name in names):
        return frame[names]
    if frame.shape[1] == len(names) and all(_GENERATED.fullmatch(name) for name in names):
        return frame.set_axis(names, axis=1)
    missing = next(name for name in names if name not in frame.columns)
    raise DataError(f"X has no column {missing!r}; {near(missing, list(frame.columns))}")


def _table(frame: pd.DataFrame) -> pa.Table:
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except pa.ArrowException as error:
        raise DataError(f"X cannot be read: {' '.join(str(error).split())[:200]}") from error


def _outcome(y: ArrayLike, classes: Sequence[Any]) -> Outcome:
    values = np.asarray(y).ravel()
    if len(strange := values[~np.isin(values, np.asarray(classes))]):
        raise DataError(f"y must be {classes[0]} or {classes[1]}, however: {strange[0]}")
    return (values == classes[1]).astype(np.int8)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Checked rows; `weight` says how often each stands."""

    matrix: Matrix
    default: Outcome
    weight: Vector

    def development(self, features: tuple[Column, ...], draw: np.random.Generator) -> Development:
        """A quarter of the bads and of the goods tunes, the rest trains."""
        tune = np.zeros(len(self.default), np.bool_)
        for outcome in (0, 1):
            rows = draw.permutation(np.flatnonzero(self.default == outcome))
            tune[rows[: round(TUNE * len(rows))]] = True
        return Development(self._sample("train", features, ~tune), self._sample("tune", features, tune))

    def _sample(self, name: str, features: tuple[Column, ...], mask: NDArray[np.bool_]) -> Sample:
        rows = np.repeat(np.flatnonzero(mask), repeats(self.weight[mask]))
        return Sample(name, features, self.matrix[rows], self.default[rows], rows.astype(np.int64))


def _rows(matrix: Matrix, default: Outcome, sample_weight: ArrayLike | None) -> _Rows:
    weight = np.ones(len(default)) if sample_weight is None else np.asarray(sample_weight, np.float64).ravel()
    if not len(matrix) == len(default) == len(weight):
        raise DataError(
            f"X, y and weights must be of one length, however: {len(matrix)}, {len(default)}, {len(weight)}"
        )
    checked(weight, "sample_weight")
    for name, outcome in (("bads", 1), ("goods", 0)):
        if (count := int(((default == outcome) & (weight > 0)).sum())) < FOR_LEAF:
            raise DataError(f"y must have at least {FOR_LEAF} {name} with a weight, however: {count}")
    return _Rows(matrix, default, weight)
