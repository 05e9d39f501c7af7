"""What a scorer is fitted and judged on: columns, samples, and the split that keeps each row to one job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from riskmodel.core.teacher import TeacherBlend
from riskmodel.errors import TestIsSealed

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Number = TypeVar("Number", float, Vector)  # of one row, or of each
Outcome = NDArray[np.int8]
Mask = NDArray[np.bool_]  # whether each row, or each value, is among those that are meant


class Role(StrEnum):
    """What a column is for."""

    ID = "id"
    TIME = "time"
    TARGET = "target"
    FEATURE = "feature"
    PROTECTED = "protected"
    AMOUNT = "amount"
    BORROWER = "borrower"
    WEIGHT = "weight"


class Kind(StrEnum):
    """How a column is measured."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class Column:
    """One column of a portfolio; `categories` are its levels as text, in the order of their codes."""

    name: str
    role: Role = Role.FEATURE
    kind: Kind = Kind.NUMERIC
    categories: tuple[str, ...] = ()
    monotone: int = 0
    used: bool = True  # for a protected column or an amount: whether a scorer may use it
    codes: tuple[float, ...] = ()  # numbers that are no quantity: missing to a scorer
    source: str = ""  # for an indicator: the column that it is read from; it is 1 where that column has one of `codes`
    low: float | None = None  # the range seen in train, or set by the TOML
    high: float | None = None
    nullable: bool = True  # whether a value was missing in train
    cost: float = 0.0  # what it charges an application, or the call of its `vendor`, which is charged once
    other: bool = False  # whether the last category stands for all levels that are too rare to have their own
    nulls: tuple[str, ...] | None = None  # how missing is spelt in text; None: as usual (empty, NA, NaN, null ...)
    vendor: str = ""  # whose one call brings it, with others; empty: it is charged by itself

    @property
    def read_from(self) -> str:
        """The column of a table that its values come from."""
        return self.source or self.name

    @property
    def charged_as(self) -> tuple[str, str]:
        """What is charged once: the call of its vendor, or the column of a table that it is read from."""
        return (self.vendor, "") if self.vendor else ("", self.read_from)

    @property
    def is_feature(self) -> bool:
        return self.role is Role.FEATURE or (self.role in {Role.PROTECTED, Role.AMOUNT} and self.used)


@dataclass(frozen=True)
class Schema:
    """The columns of a portfolio, frozen when the train sample was read."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()  # what was dropped or turned into something else, a line each

    @property
    def features(self) -> tuple[Column, ...]:
        """What a scorer may use, in the order of `Sample.matrix`."""
        return tuple(column for column in self.columns if column.is_feature)

    def named(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role is role)


@dataclass(frozen=True)
class Sample:
    """Applications with their outcome: one row a loan; `default` is 1 for a bad.

    `matrix` is n x features: numbers as they are, categories as their codes, missing as NaN. `rows` are positions in
    the source table. `attributes` (protected, time, amount) are for judging only: no scorer is given them. `weight`
    says for how many rows of the population each was drawn (n, above 0); None is that each counts once. `days` and
    `ids` are each row's date and id, where the run names them: by these rows of train are chosen and recorded.
    `borrower` is a number of each row's borrower: folds part none.
    """

    name: str
    features: tuple[Column, ...]
    matrix: Matrix
    default: Outcome
    rows: NDArray[np.int64]
    attributes: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    weight: Vector | None = None
    days: NDArray[np.datetime64] | None = None
    ids: NDArray[Any] | None = None
    borrower: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.default)

    def take(self, rows: NDArray[np.intp], name: str | None = None) -> Sample:
        """The given rows, in the given order."""
        attributes = {key: values[rows] for key, values in self.attributes.items()}
        name = self.name if name is None else name
        weight = None if self.weight is None else self.weight[rows]
        days = None if self.days is None else self.days[rows]
        ids = None if self.ids is None else self.ids[rows]
        borrower = None if self.borrower is None else self.borrower[rows]
        matrix, default = self.matrix[rows], self.default[rows]
        return Sample(name, self.features, matrix, default, self.rows[rows], attributes, weight, days, ids, borrower)

    def representative(self, most: int, seed: int = 0) -> Sample:
        """At most so many rows that stand for the population, each counting once.

        The first ones; where rows have weights they are drawn in proportion to them, none twice.
        """
        if self.weight is None:
            return self.take(np.arange(min(most, len(self))))
        return replace(self.take(drawn_by_weight(self.weight, most, seed)), weight=None)

    def columns(self, features: Sequence[Column]) -> Matrix:
        """The matrix of the given features, in their order."""
        if tuple(features) == self.features:
            return self.matrix
        position = {column.name: i for i, column in enumerate(self.features)}
        return np.ascontiguousarray(self.matrix[:, [position[column.name] for column in features]])


def drawn_by_weight(weight: Vector, most: int, seed: int = 0) -> NDArray[np.intp]:
    """Positions of rows drawn with a chance in proportion to their weight (n): a sample in which each counts once.

    Systematic sampling (Madow 1949, Annals of Mathematical Statistics 20, 333-354). No row is drawn twice, so that
    there are never more than the sum of all weights over the largest.
    """
    count = max(1, min(most, int(weight.sum() / weight.max() * (1 + 1e-9))))
    steps = np.random.default_rng(seed).random() + np.cumsum(weight) * (count / weight.sum())
    return np.flatnonzero(np.diff(np.floor(steps), prepend=0.0) > 0)


@dataclass(frozen=True, eq=False)
class TeacherPds:
    """A teacher's PDs: of each row of train (n), of tune, and of the applications without outcome where it has them."""

    train: Vector
    tune: Vector
    unlabelled: Vector | None = None
    blend: TeacherBlend | None = None  # None: of a champion that is known elsewhere

    def take(self, rows: NDArray[np.intp]) -> TeacherPds:
        """The same of these rows of train."""
        return TeacherPds(self.train[rows], self.tune, self.unlabelled, self.blend)


@dataclass(frozen=True)
class Development:
    """All that fitting and pruning may see; its type is what keeps them from the rest."""

    train: Sample  # fits the scorer
    tune: Sample  # stops it early, ranks what it can lose, recalibrates it
    unlabelled: Matrix | None = None  # applications without outcome (declined, too young), in the columns of train
    recent: Sample | None = None  # the latest part of tune, where it alone recalibrates
    taught: TeacherPds | None = None  # for a pruner to learn from, in place of its scorer's own
    out_of_time: bool = False  # whether all that a scorer is judged on is later


@dataclass(frozen=True, eq=False)
class Targets:
    """What is learnt, numbers in [0, 1], one a row of train and one a row of tune: outcomes, PDs, or a mix of both."""

    train: Vector
    tune: Vector

    @classmethod
    def outcomes(cls, development: Development) -> Targets:
        """What came about: 0 and 1."""
        return cls(development.train.default.astype(np.float64), development.tune.default.astype(np.float64))


@dataclass(frozen=True)
class Choice:
    """What is decided before the test sample is opened: who shall be confirmed on it, in this order, at full level."""

    champion: str
    chain: tuple[str, ...] = ()  # each cheaper than the one before; without any the champion stays


class Sealed:
    """The test sample: it opens once, to whoever shows a choice that is already made."""

    def __init__(self, sample: Sample) -> None:
        self._sample: Sample | None = sample
        self.rows = len(sample)  # what it can show may be said before it opens

    def open(self, choice: Choice) -> Sample:
        """The sample, once; a second call is refused.

        Raises: TestIsSealed.
        """
        if not choice.champion or self._sample is None:
            raise TestIsSealed("the test sample opens once, after the choice is written")
        sample, self._sample = self._sample, None
        return sample


@dataclass(frozen=True)
class Split:
    """Samples with one job each, so that no figure is judged on the rows that produced it."""

    development: Development
    selection: Sample  # chooses the variant
    test: Sealed  # reported once
