"""The same borrower, application or row on both sides of a split: what a model knows by heart is no forecast.

Rows are compared by 64-bit fingerprints; among a million rows two different ones agree by chance once in ten million
tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.core import Column, Role, Schema
from riskmodel.datasets import encode
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.split import Rows
from riskmodel.stats.words import percent

SHARE = 0.01  # of selection and test: an AUC of 0.75 rises by no more than 0.005 when so many rows are known by heart

Prints = NDArray[np.uint64]


def of_schema(table: pa.Table, columns: Schema, rows: Rows) -> Iterator[Suspect]:
    """Borrowers and ids that development shares with selection or test, and rows that stand more than once."""
    for role in (Role.BORROWER, Role.ID):
        for column in columns.named(role):
            yield from _shared(column, key(table, column.name), rows)
    yield from _same_rows(table, columns, rows)


def _shared(column: Column, keys: Prints, rows: Rows) -> Iterator[Suspect]:
    held = np.concatenate([rows.selection, rows.test])
    known = np.concatenate([rows.train, rows.tune])
    known = known[keys[known] != 0]
    both = np.isin(keys[held], keys[known])
    if not both.any():
        return
    count, share = len(np.unique(keys[held[both]])), float(both.mean())
    what = "borrowers" if column.role is Role.BORROWER else "ids"
    evidence = (
        f"has {count:,} {what} in development that selection or test have too, in {percent(share, 1)} of the "
        f"{len(held):,} rows there"
    )
    if column.role is Role.ID:
        evidence += "; data.borrower in place of data.id keeps all rows of one together"
    blocks = column.role is Role.BORROWER or share > SHARE
    severity = SuspectSeverity.BLOCKS if blocks else SuspectSeverity.WARNS
    yield Suspect("both sides of the split", column.name, evidence, severity, {"count": float(count), "share": share})


def _same_rows(table: pa.Table, columns: Schema, rows: Rows) -> Iterator[Suspect]:
    features = dict.fromkeys(column.read_from for column in columns.features)
    prints = fingerprints(table, list(features))
    held = np.concatenate([rows.selection, rows.test])
    if both := int(np.isin(prints[held], prints[np.concatenate([rows.train, rows.tune])]).sum()):
        share = both / len(held)
        evidence = (
            f"{both:,} of the {len(held):,} selection and test rows ({percent(share, 1)}) have a development row's "
            "features"
        )
        yield Suspect(
            "both sides of the split", "", evidence, SuspectSeverity.WARNS, {"rows": float(both), "share": share}
        )
    others = [c.name for c in columns.columns if c.role not in (Role.FEATURE, Role.ID) and not c.is_feature]
    whole = np.sort(fingerprints(table, others, prints))
    if copies := int((whole[1:] == whole[:-1]).sum()):
        evidence = f"{copies:,} of the {len(whole):,} rows are copies of others in all but the id"
        yield Suspect("copies of rows", "", evidence, SuspectSeverity.WARNS, {"rows": float(copies)})


def fingerprints(table: pa.Table, names: Sequence[str], before: Prints | None = None) -> Prints:
    """A number for each row that only rows with the same values in these columns share, and with the same `before`."""
    whole = np.zeros(table.num_rows, np.uint64) if before is None else before
    for name in names:
        whole = _mixed((whole + np.uint64(0x9E3779B97F4A7C15)) ^ key(table, name))
    return whole


def key(table: pa.Table, name: str) -> Prints:
    """Equal bits for equal values of one column, 0 where it is missing."""
    column = encode.column_of(table, name)
    if pa.types.is_integer(column.type):  # not by way of floats, in which ids of 17 digits and more fall together
        whole = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64, casting="unsafe")
        bits = _mixed(whole.view(np.uint64)) | np.uint64(1)
        bits[column.is_null().to_numpy(zero_copy_only=False)] = 0
        return bits
    if encode.is_number(column.type):
        values = encode.numbers(column, name)
        bits = _mixed((values + 0.0).view(np.uint64)) | np.uint64(1)  # 0.0 makes one zero of two
        bits[np.isnan(values)] = 0
        return bits
    codes = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    numbered: Prints = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64) + 1
    return numbered


def _mixed(bits: Prints) -> Prints:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit depends on every other."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
