"""What the train sample says of its columns: ranges, levels, which codes mean something, and what tells nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from scipy.stats import fisher_exact

from riskmodel.core import Column, Kind, Outcome, Role, Schema, Vector
from riskmodel.datasets import encode

OTHER = "(other)"  # the level of all levels that have none of their own
FEWEST = 30  # rows with a code before it may be told from other missing values
LEVEL = 0.01  # of the test that a code means something, shared among the codes of a column


def schema(table: pa.Table, columns: Sequence[Column], default: Outcome, max_levels: int) -> Schema:
    """The columns as the rows of `table` have them, `default` being their outcome; a note of each that was changed."""
    kept, notes = _without_idle(table, columns)
    whole: list[Column] = []
    for column in kept:
        known, note = _known(table, column, max_levels)
        indicators = tuple(_indicators(table, known, default)) if known.codes and known.is_feature else ()
        notes += note
        notes += [
            f"{indicator.name!r} is a feature: its bad rate differs from that of other missing values"
            for indicator in indicators
        ]
        whole += [known, *indicators]
    return Schema(tuple(whole), tuple(notes))


def _without_idle(table: pa.Table, columns: Sequence[Column]) -> tuple[list[Column], list[str]]:
    """Without features that never vary, and without copies of an earlier one."""
    kept, notes, name_by_digest = [], [], dict[bytes, str]()
    for column in columns:
        if column.role is not Role.FEATURE:
            kept.append(column)
            continue
        values = encode.matrix(table.select([column.name]), [_open(table, column)])[:, 0]
        digest = hashlib.sha256(np.nan_to_num(values, nan=np.inf).tobytes()).digest()
        if _is_constant(values):
            notes.append(f"{column.name!r} is dropped: it has one value in all rows of train")
        elif digest in name_by_digest:
            notes.append(f"{column.name!r} is dropped: it is a copy of {name_by_digest[digest]!r} in all rows of train")
        else:
            name_by_digest[digest] = column.name
            kept.append(column)
    return kept, notes


def _open(table: pa.Table, column: Column) -> Column:
    """The column with every level that there is, and its codes as the numbers that they are."""
    if column.kind is Kind.CATEGORICAL:
        return replace(column, categories=tuple(sorted(_counted(table, column))))
    return replace(column, codes=())


def _is_constant(values: Vector) -> bool:
    return bool(np.isnan(values).all() or (values == values[0]).all())


def _known(table: pa.Table, column: Column, max_levels: int) -> tuple[Column, list[str]]:
    if column.role is not Role.PROTECTED and not column.is_feature:
        return column, []
    if column.kind is Kind.CATEGORICAL:
        return _with_levels(table, column, max_levels)
    values = encode.matrix(table, [replace(column, role=Role.FEATURE)])[:, 0]
    present = values[~np.isnan(values)]
    low, high = (float(present.min()), float(present.max())) if len(present) else (None, None)
    learnt = replace(column, nullable=len(present) < len(values))
    return (learnt if column.low is not None else replace(learnt, low=low, high=high)), []


def _with_levels(table: pa.Table, column: Column, max_levels: int) -> tuple[Column, list[str]]:
    """All levels in sorted order; or, where they are too many, the most frequent and one for the others."""
    counts = _counted(table, column)
    learnt = replace(column, nullable=sum(counts.values()) < table.num_rows)
    if len(counts) <= max_levels or not column.is_feature:
        return replace(learnt, categories=tuple(sorted(counts))), []
    frequent = sorted(counts, key=lambda level: (-counts[level], level))[: max_levels - 1]
    rest = sum(counts.values()) - sum(counts[level] for level in frequent)
    note = f"{column.name!r} has {len(counts):,} levels in train: the rarest {len(counts) - len(frequent):,} are one, "
    share = f"with {rest / table.num_rows:.1%} of the rows"
    return replace(learnt, categories=(*sorted(frequent), OTHER), other=True), [note + share]


def _counted(table: pa.Table, column: Column) -> Counter[str]:
    levels = encode.levels(encode.column_of(table, column.name), column.name)
    counts = {item["values"]: item["counts"] for item in levels.value_counts().to_pylist()}
    return Counter({level: count for level, count in counts.items() if level is not None})


def _indicators(table: pa.Table, column: Column, default: Outcome) -> Iterator[Column]:
    """One for each code whose bad rate differs from that of the column's other missing values (Fisher's exact test).

    A code that is the only way of being missing needs none: that the value is missing says it all.
    """
    values = encode.numbers(encode.column_of(table, column.name), column.name)
    missing = np.isnan(values) | np.isin(values, column.codes)
    for code in column.codes:
        has, others = values == code, missing & (values != code)
        if min(has.sum(), others.sum()) < FEWEST:
            continue
        bads = np.array([[default[rows].sum(), (1 - default[rows]).sum()] for rows in (has, others)])
        if fisher_exact(bads).pvalue < LEVEL / len(column.codes):
            yield Column(
                f"{column.name} is {code:g}", codes=(code,), source=column.name, low=0.0, high=1.0, nullable=False
            )
