"""Holds applications to what the train sample was like before they are scored: each fault has a policy and a count.

A fault is a column that is missing or that nobody knows, a value of a wrong type, one that is missing where train had
none, a level that train did not have, a number outside train's range. The policy refuses the file, sets the row aside,
takes the value as missing, or accepts it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskmodel.config import Scoring
from riskmodel.core import Column, Kind, Mask, Vector
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.privacy import excerpt
from riskmodel.tables import near, numbers_of, spellings_of

UNSEEN = "unseen level"
FEWEST = 1_000  # rows of a batch that are judged by the share of unseen levels; among fewer it is chance


@dataclass(frozen=True)
class Fault:
    """What is wrong with one column in some rows of a batch, and what becomes of them."""

    column: str
    what: str  # missing column, wrong type, missing value, unseen level, out of range
    policy: str  # quarantine, missing, accept
    rows: Mask
    first: str  # the first such value as text

    @property
    def name(self) -> str:
        """What its uses are counted under."""
        return f"{self.column}: {self.what}: {self.policy}"


@dataclass(frozen=True)
class Guarded:
    """A batch after the guard: `rows` can be encoded, and all but the `aside` can be scored."""

    rows: pa.RecordBatch
    aside: Mask
    faults: tuple[Fault, ...]

    @property
    def uses(self) -> dict[str, int]:
        """How many rows each policy was used on."""
        return {fault.name: int(fault.rows.sum()) for fault in self.faults}

    @property
    def unseen(self) -> dict[str, int]:
        """How many rows of a column have a level that train did not have, and count as missing."""
        return {one.column: int(one.rows.sum()) for one in self.faults if (one.what, one.policy) == (UNSEEN, "missing")}

    @property
    def reasons(self) -> list[str]:
        """Why each row that is set aside is, in their order."""
        setting = [fault for fault in self.faults if fault.policy == "quarantine"]
        return [
            "; ".join(f"{fault.column}: {fault.what}" for fault in setting if fault.rows[row])
            for row in np.flatnonzero(self.aside)
        ]


def check_names(names: Sequence[str], features: Sequence[Column], rules: Scoring, known: Sequence[str] = ()) -> None:
    """Refuses a header that the policies do not allow; `known` are columns that may stand there beside the features.

    Raises: DataError.
    """
    due = [column.read_from for column in features]
    if rules.missing_column == "refuse" and (missing := [name for name in due if name not in names]):
        more = f" and {len(set(missing)) - 1} more" if len(set(missing)) > 1 else ""
        raise DataError(f"no column {missing[0]!r}{more}; {near(missing[0], list(names))}")
    if rules.extra_column == "refuse" and (extra := [name for name in names if name not in {*due, *known}]):
        more = f" and {len(extra) - 1} more" if len(extra) > 1 else ""
        raise DataError(f"column {extra[0]!r}{more} must not be there: the model does not know it")


def guarded(batch: pa.RecordBatch, features: Sequence[Column], rules: Scoring, fewest: int = FEWEST) -> Guarded:
    """The batch with its faults treated by the rules; a header should have passed `check_names`.

    Among fewer than `fewest` rows no share of unseen levels is too large.

    Raises: DataError for a fault whose policy is to refuse the file.
    """
    columns = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
    faults: list[Fault] = []
    most = rules.most_unseen if batch.num_rows >= fewest else 1.0
    for feature in features:
        if feature.source and feature.source in columns:
            continue  # its source is looked at by itself, where the model still has it
        values, column_faults = _treated(columns.get(feature.read_from), feature, rules, batch.num_rows)
        columns[feature.read_from] = values
        faults += column_faults
        _refuse_unseen(column_faults, feature, most)
    aside = np.zeros(batch.num_rows, bool)
    for fault in faults:
        aside |= fault.rows & (fault.policy == "quarantine")
    return Guarded(pa.RecordBatch.from_pydict(columns), aside, tuple(faults))


def _refuse_unseen(faults: Sequence[Fault], feature: Column, most: float) -> None:
    """A column of which few levels are known was written in another way: its rows must not be scored as missing."""
    for fault in faults:
        share = float(fault.rows.mean()) if (fault.what, fault.policy) == (UNSEEN, "missing") else 0.0
        if share > most:
            known = ", ".join(repr(level) for level in feature.categories[:3])
            raise DataError(
                f"column {fault.column!r} has levels that train did not have in {share:.1%} of {len(fault.rows):,} "
                f"rows, first {excerpt(fault.first)}; it had {known} ...; "
                f"data.scoring.most_unseen or unknown allows {most:.1%}"
            )


def _treated(column: pa.Array | None, feature: Column, rules: Scoring, rows: int) -> tuple[pa.Array, list[Fault]]:
    if column is None:
        fault = Fault(feature.read_from, "missing column", "missing", np.ones(rows, bool), "")
        return pa.nulls(rows), [fault]
    ready = _ready(column, feature)
    if ready is not None:
        return ready, []
    values, faults = _readable(column, feature, rules)
    checks: tuple[tuple[str, str, Callable[[pa.Array, Column], Mask | None]], ...] = (
        ("missing value", rules.missing_value, _missing),
        (UNSEEN, rules.unseen, _unseen),
        ("out of range", rules.out_of_range, _out_of_range),
    )
    for what, policy, check in checks:
        rule_faults = check(values, feature)
        if rule_faults is not None and faults and what == "missing value":
            rule_faults &= ~faults[0].rows  # of a wrong type: told already
        if rule_faults is None or not rule_faults.any():
            continue
        faults.append(_fault(column, feature, what, policy, rule_faults))
        if policy == "missing":
            values = _without(values, rule_faults)
    return values, faults


def _ready(column: pa.Array, feature: Column) -> pa.Array | None:
    """The column for the encoder if there is nothing to tell of it, which a few passes show; None if there may be."""
    if feature.kind is Kind.CATEGORICAL:
        return _known(column, feature)
    if not encode.is_number(column.type):
        return None
    values = encode.numbers(column, feature.read_from)
    low, high = _range(values)
    if math.isnan(low):
        return pa.array(values) if feature.nullable or not len(values) else None
    if math.isinf(low) or math.isinf(high) or not (feature.nullable or low == values.min()):
        return None
    outside = feature.low is not None and feature.high is not None and not feature.low <= low <= high <= feature.high
    return None if outside else pa.array(values)


def _range(values: Vector) -> tuple[float, float]:
    """The least and the greatest number; NaN where there is none."""
    if not len(values):
        return math.nan, math.nan
    return float(np.fmin.reduce(values)), float(np.fmax.reduce(values))


def _known(column: pa.Array, feature: Column) -> pa.Array | None:
    """The column as the levels that train had, if it has no others: told from its distinct values alone."""
    try:
        texts, positions = encode.distinct(column, "")
    except DataError:
        return None
    at = encode.places(texts, feature)
    if (positions.null_count or at.null_count) and not feature.nullable:
        return None
    if pc.any(pc.equal(at, encode.UNKNOWN)).as_py():
        return None
    return pa.DictionaryArray.from_arrays(positions, pa.array(feature.categories, pa.string()).take(at))


def _fault(column: pa.Array, feature: Column, what: str, policy: str, rows: Mask) -> Fault:
    first = encode.cell(column, int(np.argmax(rows)))[:60]
    if policy == "refuse":
        allowed = {
            UNSEEN: f"must be among the {len(feature.categories)} levels of train",
            "out of range": f"must be in [{feature.low}, {feature.high}]",
            "missing value": "must not be missing",
        }.get(what, "must be a finite number" if feature.kind is Kind.NUMERIC else "must be a category")
        raise DataError(f"column {feature.read_from!r} {allowed}, however: {excerpt(first)} in {int(rows.sum())} rows")
    return Fault(feature.read_from, what, policy, rows, first)


def _readable(column: pa.Array, feature: Column, rules: Scoring) -> tuple[pa.Array, list[Fault]]:
    """Values that the encoder takes; where one is of a wrong type it is null."""
    if feature.kind is Kind.NUMERIC and _is_finite(column):
        return column, []
    values = _as_numbers(column, feature) if feature.kind is Kind.NUMERIC else _as_levels(column, feature)
    wrong = _mask(column.is_valid()) & ~_mask(values.is_valid()) & ~_nan(column) & ~_spelt_null(column, feature)
    faults = [_fault(column, feature, "wrong type", rules.wrong_type, wrong)] if wrong.any() else []
    return values, faults


def _is_finite(column: pa.Array) -> bool:
    return encode.is_number(column.type) and not np.isinf(_range(encode.numbers(column, ""))).any()


def _as_numbers(column: pa.Array, feature: Column) -> pa.Array:
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if _is_text(column.type):
        column, _ = numbers_of(column, spellings_of(feature.nulls))
    if not encode.is_number(column.type):
        return pa.nulls(len(column), pa.float64())
    if pa.types.is_floating(column.type) and pc.any(pc.is_inf(column)).as_py():
        column = pc.if_else(pc.is_inf(column), None, column)
    return column


def _as_levels(column: pa.Array, feature: Column) -> pa.Array:
    """The levels that train had; one that it had not as it is spelt."""
    try:
        texts, positions = encode.distinct(column, "")
    except DataError:
        return pa.nulls(len(column), pa.string())
    at = encode.places(texts, feature)
    is_unknown = pc.equal(at, encode.UNKNOWN)
    known = pa.array(feature.categories, pa.string()).take(pc.if_else(is_unknown, None, at))
    return pc.if_else(pc.fill_null(is_unknown, False), texts, known).take(positions)


def _missing(values: pa.Array, feature: Column) -> Mask | None:
    if feature.nullable or (not values.null_count and not pa.types.is_floating(values.type)):
        return None
    return ~_mask(values.is_valid()) | _nan(values)


def _unseen(values: pa.Array, feature: Column) -> Mask | None:
    if feature.kind is not Kind.CATEGORICAL or feature.other:
        return None
    known = pc.is_in(values, value_set=pa.array(feature.categories, pa.string()))
    return _mask(pc.and_not(values.is_valid(), known))


def _out_of_range(values: pa.Array, feature: Column) -> Mask | None:
    if feature.kind is not Kind.NUMERIC or feature.low is None or feature.high is None:
        return None
    numbers = encode.numbers(values, feature.name)
    with np.errstate(invalid="ignore"):
        outside = (numbers < feature.low) | (numbers > feature.high)
    return outside & ~np.isin(numbers, feature.codes) if outside.any() and feature.codes else outside


def _without(values: pa.Array, rows: Mask) -> pa.Array:
    return pc.if_else(pa.array(rows), pa.scalar(None, values.type), values)


def _spelt_null(column: pa.Array, feature: Column) -> Mask:
    """A spelling of missing is a missing value, not a wrong one."""
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if not _is_text(column.type):
        return np.zeros(len(column), bool)
    nulls = pa.array([null.strip() for null in spellings_of(feature.nulls)], column.type)
    return _mask(pc.is_in(pc.utf8_trim_whitespace(column), value_set=nulls))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _nan(values: pa.Array) -> Mask:
    if not pa.types.is_floating(values.type):
        return np.zeros(len(values), bool)
    return _mask(pc.is_nan(values))


def _mask(values: pa.Array) -> Mask:
    mask: Mask = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(bool)
    return mask


def totals(uses: Iterator[Mapping[str, int]]) -> dict[str, int]:
    """The uses of all batches together, by name."""
    whole: dict[str, int] = {}
    for one in uses:
        for name, count in one.items():
            whole[name] = whole.get(name, 0) + count
    return dict(sorted(whole.items()))
