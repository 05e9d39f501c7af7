"""One application as a record: its values to the numbers that a scorer is given, without a table.

A plain number and a level that was met before are read here, by what the rules of its column come to for it. Every
other value goes the way of the batch, as a table of one cell, so that there is one rule for what it means.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from riskmodel.config import Scoring
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError

Record = Mapping[str, Any]
MOST_LEVELS, LONGEST_LEVEL = 4096, 200  # spellings of a column that are kept, and letters of one
_KEPT = frozenset((str, bool, int, float, type(None)))
_FLOATS = frozenset((float, np.float64))
_LARGEST = 2**63  # of Arrow's whole numbers


@dataclass(frozen=True, eq=False)
class Cell:
    """One column of a record, and the features that are read from it."""

    name: str
    features: tuple[Column, ...]
    places: tuple[int, ...]  # of these features in the row
    rules: Scoring
    known: dict[tuple[type, Any], tuple[float, ...]] = field(default_factory=dict)  # what was read

    @property
    def main(self) -> Column | None:
        """The feature that is the column itself, and no indicator of one of its codes."""
        return next((feature for feature in self.features if not feature.source), None)

    @property
    def place(self) -> int:
        """Where it stands among the columns when they are looked at one after the other."""
        return next((i for i, f in zip(self.places, self.features, strict=True) if not f.source), self.places[0])

    @property
    def is_number(self) -> bool:
        return all(feature.kind is Kind.NUMERIC for feature in self.features)

    @property
    def codes(self) -> frozenset[float]:
        return frozenset(code for feature in self.features for code in feature.codes)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which a number is what it is: without bounds every finite one."""
        main = self.main
        if main is None or main.low is None or main.high is None or self.rules.out_of_range == "accept":
            return -math.inf, math.inf
        return main.low, main.high

    def read(self, value: Any) -> tuple[tuple[float, ...], tuple[str, ...]]:
        """The numbers of its features, and why the record cannot be scored; the latter is mostly empty.

        Raises: DataError for a fault whose policy is to refuse it.
        """
        kind = type(value)
        if kind not in _KEPT:
            return self._as_in_a_batch(value)
        if (numbers := self.known.get((kind, value))) is not None:
            return numbers, ()
        numbers, why = self._as_in_a_batch(value)
        is_short = kind is not str or len(value) <= LONGEST_LEVEL
        if not why and is_short and len(self.known) < MOST_LEVELS:
            self.known[kind, value] = numbers
        return numbers, why

    @cached_property
    def absent(self) -> tuple[float, ...]:
        """What its features are where the record has no such column, and may have none."""
        return self._encoded(pa.RecordBatch.from_pydict({self.name: pa.nulls(1)}))

    def _as_in_a_batch(self, value: Any) -> tuple[tuple[float, ...], tuple[str, ...]]:
        batch = pa.RecordBatch.from_pydict({self.name: _array(self.name, value)})
        guarded = input_validation.guarded(batch, self.features, self.rules)
        why = tuple(f"{fault.column}: {fault.what}" for fault in guarded.faults if fault.policy == "quarantine")
        return (() if why else self._encoded(guarded.rows)), why

    def _encoded(self, batch: pa.RecordBatch) -> tuple[float, ...]:
        return tuple(encode.matrix(batch, self.features)[0].tolist())


def cells_of(features: Sequence[Column], rules: Scoring) -> Iterator[Cell]:
    """The columns that a record should have, each once."""
    for name in dict.fromkeys(feature.read_from for feature in features):
        places = tuple(i for i, feature in enumerate(features) if feature.read_from == name)
        yield Cell(name, tuple(features[i] for i in places), places, rules)


class RowReader:
    """Reads records of one model."""

    def __init__(self, features: Sequence[Column], rules: Scoring, beside: Sequence[str] = ()) -> None:
        """`beside` are columns that may stand in a record where others than the features may not."""
        self._features, self._rules, self._beside = tuple(features), rules, tuple(beside)
        self.cells = tuple(cells_of(features, rules))
        # A plain number is itself, and every indicator beside it 0.
        self._plain = [0.0 if feature.source else math.nan for feature in features]
        self._numbers = tuple(_number(cell) for cell in self.cells if cell.is_number)
        self._others = tuple(cell for cell in self.cells if not cell.is_number)
        self._closed = rules.extra_column == "refuse"
        self._allowed = frozenset((*(cell.name for cell in self.cells), *beside))

    def __call__(self, record: Record) -> tuple[list[float], tuple[str, ...]]:
        """The row of a record (features), and why it cannot be scored: empty where it can.

        Raises: DataError for a column or a value that the rules refuse.
        """
        row = self._plain.copy()
        faults: dict[int, tuple[str, ...]] = {}
        if self._closed and not self._allowed.issuperset(record):
            self._check_names(record)
        for name, place, low, high, codes, cell in self._numbers:
            value: Any = record.get(name)
            kind = type(value)
            is_plain = (kind in _FLOATS and value - value == 0.0) or (kind is int and -_LARGEST <= value < _LARGEST)
            if is_plain and low <= value <= high and value not in codes:
                if place >= 0:
                    row[place] = value
            elif why := self._read(cell, record, row):
                faults[cell.place] = why
        for cell in self._others:
            if why := self._read(cell, record, row):
                faults[cell.place] = why
        return row, tuple(one for place in sorted(faults) for one in faults[place]) if faults else ()

    def _read(self, cell: Cell, record: Record, row: list[float]) -> tuple[str, ...]:
        """Writes the numbers of a column into the row. Raises: DataError."""
        why: tuple[str, ...] = ()
        if cell.name in record:
            numbers, why = cell.read(record[cell.name])
        else:
            self._check_names(record)
            numbers = cell.absent
        if not why:
            for place, number in zip(cell.places, numbers, strict=True):
                row[place] = number
        return why

    def _check_names(self, record: Record) -> None:
        input_validation.check_names(list(record), self._features, self._rules, self._beside)


def _number(cell: Cell) -> tuple[str, int, float, float, frozenset[float], Cell]:
    """What is asked of a plain number; the place is -1 where only its indicators are features."""
    return cell.name, cell.place if cell.main else -1, *cell.bounds, cell.codes, cell


def _array(name: str, value: Any) -> pa.Array:
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        value = _as_float(value)
    try:
        return pa.array([value])
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise DataError(f"column {name!r} must be a number, text, true, false or missing: {error}") from error


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
