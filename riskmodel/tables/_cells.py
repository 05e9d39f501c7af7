"""How one cell is read: which spellings are missing, which texts are numbers, which are the same value.

One rule for every door. A column is read as what it is: a category by its spelling and then by its value, a number as a
number. Types are inferred where nobody knows the table yet, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from riskmodel.core import Column, Kind, Role

NULLS = (  # what Arrow takes for missing, and what pandas writes for it
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "N/A", "NA", "NULL"),
    *("NaN", "n/a", "nan", "null", "<NA>"),
)
NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"

_TRUTH = {"true": "1", "false": "0"}
_WHOLE = re.compile(r"[-+]?\d{1,300}(\.0*)?")
_FRACTION = re.compile(r"[-+]?\d{0,300}\.\d{1,300}")


class Reading(StrEnum):
    """What the cells of a column of a CSV are read as."""

    TEXT = "text"  # but for the spellings of missing
    NUMBER = "number"
    INFERRED = "inferred"  # nobody knows: what they look like


@dataclass(frozen=True)
class CellRule:
    """How the cells of one column are read; `nulls` are its spellings of missing, None for the usual ones."""

    reading: Reading = Reading.INFERRED
    nulls: tuple[str, ...] | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        return spellings_of(self.nulls)


def spellings_of(nulls: tuple[str, ...] | None) -> tuple[str, ...]:
    """How missing is spelt: as usual for None; an empty cell always is."""
    return NULLS if nulls is None else nulls if "" in nulls else ("", *nulls)


CellRules = Callable[[str], CellRule]  # by the name of a column


def inferred(_name: str) -> CellRule:
    """The rule where nobody knows the table."""
    return CellRule()


def rule_of(column: Column) -> CellRule:
    """How the cells of a column of a model or a schema are read."""
    if column.kind is Kind.CATEGORICAL:
        return CellRule(Reading.TEXT, _nulls_beside(column))
    if column.role in (Role.ID, Role.BORROWER):
        return CellRule(Reading.TEXT, column.nulls)
    measured = column.role in (Role.FEATURE, Role.PROTECTED, Role.AMOUNT)
    return CellRule(Reading.NUMBER if measured else Reading.INFERRED, column.nulls)


def _nulls_beside(column: Column) -> tuple[str, ...] | None:
    """What is spelt like missing but is a level of the column stays a level."""
    if not column.categories:
        return column.nulls
    return tuple(null for null in spellings_of(column.nulls) if null not in column.categories)


def rules_of(columns: Sequence[Column]) -> CellRules:
    """The rules of the given columns, by the names that they are read from; any other column is inferred.

    What is a category to one model and a number to another is read as text, and each makes of it what it needs.
    """
    last = sorted((column for column in columns if not column.source), key=lambda one: one.kind is Kind.CATEGORICAL)
    rules = {column.read_from: rule_of(column) for column in [*(c for c in columns if c.source), *last]}
    return lambda name: rules.get(name, CellRule())


def without_nulls(text: pa.Array, nulls: Sequence[str]) -> pa.Array:
    """Text in which the spellings of missing are null."""
    missing = pc.is_in(text, value_set=pa.array(nulls, text.type))
    return pc.if_else(missing, pa.scalar(None, text.type), text) if pc.any(missing).as_py() else text


def numbers_of(text: pa.Array, nulls: Sequence[str] = NULLS) -> tuple[pa.Array, pa.Array]:
    """Text (n) as float64, true as 1 and false as 0; and which cells (n) are neither that nor missing."""
    trimmed = pc.utf8_trim_whitespace(text)
    is_number = pc.fill_null(pc.match_substring_regex(trimmed, NUMBER), False)
    numbers = pc.if_else(is_number, pc.utf8_ltrim(trimmed, "+"), pa.scalar(None, text.type)).cast(pa.float64())
    truth = pc.index_in(pc.utf8_lower(trimmed), value_set=pa.array(["false", "true"], text.type))
    values = pc.coalesce(numbers, truth.cast(pa.float64()))
    spelt_null = pc.is_in(trimmed, value_set=pa.array([null.strip() for null in nulls], text.type))
    values = pc.if_else(spelt_null, pa.scalar(None, pa.float64()), values)
    wrong = pc.and_(pc.and_(text.is_valid(), values.is_null()), pc.invert(spelt_null))
    return values, wrong


def value_of(text: str) -> str:
    """One spelling for each value: 00007, 7 and 7.0 are 7, True is 1, an umlaut is one letter, ends have no blanks.

    Exponents stay as they are: 1E5 is more often a code than a number.
    """
    plain = unicodedata.normalize("NFC", text.strip())
    if (truth := _TRUTH.get(plain.casefold())) is not None:
        return truth
    if _WHOLE.fullmatch(plain):
        return str(int(plain.partition(".")[0]))
    return repr(float(plain)) if _FRACTION.fullmatch(plain) else plain
