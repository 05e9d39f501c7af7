"""What a profile says, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from riskmodel.core import Kind, Role
from riskmodel.datasets.outcome_window import Closing
from riskmodel.datasets.profiling._outcome import Target


class Trait(StrEnum):
    """What a column may be; a person decides."""

    ID = "id"  # numbers the rows
    INDEX = "index of a frame"  # pandas wrote it
    DATE = "date"
    UNDATED = "date to no use"  # a split by time cannot go by it
    LATER = "a later date"  # than one that may date the application
    BORROWER = "borrower"  # numbers persons, who may have several rows
    PROTECTED = "protected"
    AMOUNT = "amount"
    WEIGHT = "weight"  # for how many rows of the population each stands
    CODES = "codes"  # has numbers that are no quantities
    NOMINAL = "nominal"  # whole numbers that name something
    LEVELS = "many levels"
    CONSTANT = "constant"
    DUPLICATE = "duplicate"
    NUMBER_AS_TEXT = "number as text"
    FREE_TEXT = "free text"
    AFTER = "after the outcome"
    SCORE = "another score"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Suspicion:
    """One trait with its reason; `values` are the codes, where it is about codes."""

    trait: Trait
    reason: str
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class ColumnProfile:
    """One column: how it is stored, what it may be, and the role that follows; the role None is to ignore it."""

    name: str
    type: str
    kind: Kind | None
    distinct: int
    missing: float  # share of the rows
    suspicions: tuple[Suspicion, ...]
    role: Role | None
    reason: str = ""  # of the role, where it is not plainly a feature

    def suspicion(self, trait: Trait) -> Suspicion | None:
        """What is suspected of it in this respect."""
        return next((own for own in self.suspicions if own.trait is trait), None)


@dataclass(frozen=True)
class Profile:
    """A table seen for the first time."""

    rows: int  # with an outcome
    target: Target
    columns: tuple[ColumnProfile, ...]  # in the order of the table, the target too
    closing: Closing | None = None  # where the youngest loans may have no outcome yet
    unresolved: int = 0  # rows without an outcome, which are not looked at

    def named(self, role: Role | None) -> tuple[ColumnProfile, ...]:
        """The columns with a role; None gives those to ignore."""
        return tuple(column for column in self.columns if column.role is role)
