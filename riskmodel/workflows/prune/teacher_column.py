"""A column of PDs as the given model: a vendor's score or a black box, of which nothing else is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.special import logit
from scipy.stats import rankdata

from riskmodel import tables
from riskmodel.core import Column, Complexity, Development, Files, Matrix, Sample, Scorer, Targets, Vector
from riskmodel.datasets import encode
from riskmodel.errors import DataError, UnsupportedScorer
from riskmodel.scorers.base import boosting
from riskmodel.scorers.base.boosting import BoosterRecipe, BoosterScorer

INSIDE = (1e-6, 1 - 1e-6)  # a PD of 0 or 1 has no log-odds
DIRECTIONS = (-1, 0, 1)
COPY = 0.999  # rank correlation with the PD beyond which a column is the same score
ENOUGH = 30  # rows in which both stand, fewer agree by chance


@dataclass(frozen=True, eq=False)
class TeacherColumn(Scorer):
    """PDs that stand in the last column of the rows; students learn them from the other columns.

    Parameters
    ----------
    recipe
        How a student of the library that was asked for is made.
    seed
        Of its draws.
    """

    kind = "column"

    recipe: BoosterRecipe
    seed: int

    @property
    def learnable(self) -> tuple[Column, ...]:
        """What a student may look at."""
        return self.features[:-1]

    def pd(self, matrix: Matrix) -> Vector:
        return matrix[:, -1]

    def raw_margin(self, matrix: Matrix) -> Vector:
        margin: Vector = logit(np.clip(matrix[:, -1], *INSIDE))
        return margin

    def student(
        self, development: Development, targets: Targets, leaves: int, sizes: Sequence[int] = (4, 8, 16)
    ) -> BoosterScorer:
        """The best of a grid of settings by log-loss on tune, with at most so many leaves in all."""
        recipes = self.recipe.taught(leaves, sizes)
        return boosting.best(recipes, development, self.learnable, self.seed, targets=targets)

    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:  # noqa: ARG002
        raise UnsupportedScorer("a column of PDs has no recipe")

    def files(self) -> Files:
        return {}

    def complexity(self) -> Complexity:
        """Nothing is known of what stands behind the column."""
        return Complexity(len(self.learnable), 0, 0, 0.0, 0)

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002
        raise UnsupportedScorer("a column of PDs says nothing of rows that are not there")


def features(path: Path, teacher: str, others: Collection[str], monotone: Mapping[str, int]) -> tuple[Column, ...]:
    """What can be learnt from in a table: its numbers, and last the teacher's column.

    Parameters
    ----------
    path
        The table.
    teacher
        The column of PDs.
    others
        Columns that are no features: outcome, id, weight, what is left out.
    monotone
        1 or -1 by column.

    Returns
    -------
    The columns, in the order of the table.

    Raises
    ------
    DataError
        For a column that is absent, or no number; or where no feature is left.
    """
    whole = tables.read(path)
    names = whole.column_names
    for name in (teacher, *others):
        if name not in names:
            raise DataError(f"{path}: no column {name!r}; {tables.near(name, names)}")
    if teacher in others:
        raise DataError(f"the column of PDs must not be outcome, id or weight, nor ignored, however: {teacher!r} is")
    own = [name for name in names if name != teacher and name not in others]
    for name in own:
        if not encode.is_number(kind := encode.column_of(whole, name).type):
            raise DataError(f"{path}: column {name!r} must be numbers, however: {kind}; encode it, or ignore it")
    if not own:
        raise DataError(f"{path}: must have a column to learn from, however: none beside outcome and teacher")
    for name, sign in monotone.items():
        if name not in own or sign not in DIRECTIONS:
            raise DataError(f"a direction must be 1, -1 or 0 of a feature, however: {sign} of {name!r}")
    return (*(Column(name, monotone=monotone.get(name, 0)) for name in own), Column(teacher))


def check(whole: pa.Table, teacher: str) -> None:
    """Raises: DataError where the column is no PD of every row, or tells no row from another."""
    column = encode.column_of(whole, teacher)
    if not encode.is_number(column.type):
        raise DataError(f"{teacher!r} must be a PD in [0, 1], however: {column.type}")
    pd = encode.numbers(column, teacher)
    if missing := int(np.isnan(pd).sum()):
        raise DataError(f"{teacher!r} must be a PD in every row, however: it is missing in {missing:,} of {len(pd):,}")
    if outside := int(((pd < 0) | (pd > 1)).sum()):
        unit = "; in per cent? divide by 100" if pd.min() >= 0 and 1 < pd.max() <= 100 else ""
        raise DataError(
            f"{teacher!r} must be a PD in [0, 1], however: {outside:,} of {len(pd):,} rows lie outside{unit}"
        )
    if len(pd) and (pd == pd[0]).all():
        raise DataError(f"{teacher!r} must tell rows apart, however: it is the same in all {len(pd):,}")
    if np.isin(pd, (0, 1)).all():
        raise DataError(f"{teacher!r} must be a PD, however: it is 0 or 1 in every row, as a decision or an outcome is")


def check_copies(sample: Sample, teacher: TeacherColumn) -> None:
    """Raises: DataError for a column that orders the rows as the PD does: nothing is learnt but how to read it."""
    pd = teacher.score(sample)
    for place, column in enumerate(teacher.learnable):
        values = sample.matrix[:, place]
        there = ~np.isnan(values)
        if there.sum() >= ENOUGH and abs(_rank_correlation(values[there], pd[there])) > COPY:
            raise DataError(
                f"{column.name!r} must not stand for {teacher.features[-1].name!r}, however: it orders the rows alike; "
                f"ignore {column.name}"
            )


def _rank_correlation(first: Vector, second: Vector) -> float:
    if (first == first[0]).all() or (second == second[0]).all():
        return 0.0
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])
