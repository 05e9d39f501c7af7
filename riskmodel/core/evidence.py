"""One piece of evidence: what was tested and how, on how many rows, what came out, and how it stands to its threshold.

A mark says how a figure stands to a threshold. None of them says that a model may be used: that is a person's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Cell = str | int | float | bool | None


class Mark(StrEnum):
    """How a figure stands to its threshold."""

    PASS = "pass"  # noqa: S105 - a mark, not a password
    ATTENTION = "attention"
    FAIL = "fail"
    NOT_SHOWN = "NOT SHOWN"  # neither harm beyond a tolerance nor its absence: no pass
    NOT_EVALUATED = "NOT EVALUATED"
    BESIDE = "does not decide"  # a figure that is shown, while others were named beforehand to decide


@dataclass(frozen=True)
class Threshold:
    """Where attention begins and where failure begins; `away` counts the distance from `target`, either way."""

    name: str
    attention: float
    fail: float
    worse: Literal["above", "below", "away"]
    source: str  # who sets it, or the word convention
    target: float = 0.0

    def reached(self, value: float, level: float) -> bool:
        """Whether a value lies beyond a level, on the side that is worse."""
        if self.worse == "away":
            return abs(value - self.target) > level
        return value > level if self.worse == "above" else value < level


@dataclass(frozen=True)
class Table:
    """A small table that belongs to a figure; an empty cell is None, never NaN; programs ask by `key`."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: str = ""


@dataclass(frozen=True)
class Method:
    """What a test does, written down before any data are seen; `id` is also the name of its threshold."""

    id: str  # section.test
    title: str
    formula: str
    source: str
    applies: str  # where it may be used, and where it misleads
    h0: str = ""  # empty: it measures, and tests nothing
    needs_outcome: bool = True
    counts_weights: bool = False  # whether weighted rows are counted as such; else on rows that are drawn by weight

    @property
    def section(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Evidence:
    """A method applied: the figure with its 95 % interval, the mark, and why.

    What does not exist is None, or empty: `about` is the group, feature, grade, rule or form that it is about, `period`
    the period of the rows, `attribute` the protected attribute, `measure` what is measured where there are several.
    """

    method: Method
    mark: Mark
    reason: str
    rows: int
    bads: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    threshold: Threshold | None = None
    tables: tuple[Table, ...] = ()
    about: str = ""
    measure: str = ""
    attribute: str = ""
    period: str = ""
    in_doubt: bool = False  # marked for what the sample cannot exclude, not for the figure itself
