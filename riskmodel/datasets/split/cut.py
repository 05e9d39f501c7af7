"""Takes the samples of a draw out of the table, and seals the test sample at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.core import Column, Development, Role, Sample, Schema, Sealed, Split
from riskmodel.datasets import encode
from riskmodel.datasets.split.keys import RowKeys
from riskmodel.datasets.split.rows import Positions, Rows

_JUDGED = (Role.PROTECTED, Role.TIME, Role.AMOUNT, Role.BORROWER)


def split(table: pa.Table, schema: Schema, rows: Rows, keys: RowKeys, recent: Positions | None = None) -> Split:
    """The samples of a draw; the schema's levels should be those of `rows.train`, the keys those of the table.

    `recent` are the rows of tune that alone recalibrate; None is all of them. Raises: DataError.
    """
    attributes = {column.name: _attribute(table, column, keys) for role in _JUDGED for column in schema.named(role)}

    def sample(name: str, positions: Positions) -> Sample:
        bare = _sample(table, schema, positions, keys, name)
        return replace(bare, attributes={key: values[positions] for key, values in attributes.items()})

    train, tune, selection, test = (sample(name, positions) for name, positions in rows.samples.items())
    ids = None if keys.ids is None else keys.ids[train.rows]
    train, tune = replace(_kept_together(train, keys), ids=ids), _kept_together(tune, keys)
    later = _is_later(keys, rows)
    development = Development(
        train, tune, recent=None if recent is None else sample("recent", recent), out_of_time=later
    )
    return Split(development, selection, Sealed(test))


def _kept_together(sample: Sample, keys: RowKeys) -> Sample:
    """With the day and the borrower of each row."""
    days = None if keys.days is None else keys.days[sample.rows]
    borrower = None if keys.borrower is None else keys.borrower[sample.rows]
    return replace(sample, days=days, borrower=borrower)


def _is_later(keys: RowKeys, rows: Rows) -> bool:
    """Whether every row that judges is later than every row of development."""
    if keys.days is None:
        return False
    development = max(keys.days[part].max() for part in (rows.train, rows.tune))
    return bool(min(keys.days[part].min() for part in (rows.selection, rows.test)) > development)


def _attribute(table: pa.Table, column: Column, keys: RowKeys) -> NDArray[Any]:
    """For judging only: a date as its day, a borrower as a number."""
    of_role = {Role.TIME: keys.days, Role.BORROWER: keys.borrower}.get(column.role)
    return encode.attribute(table, column) if of_role is None else of_role


def _sample(table: pa.Table, schema: Schema, rows: Positions, keys: RowKeys, name: str) -> Sample:
    own = table.select(dict.fromkeys(column.read_from for column in schema.features)).take(pa.array(rows))
    matrix, weight = encode.matrix(own, schema.features), None if keys.weight is None else keys.weight[rows]
    return Sample(name, schema.features, matrix, keys.default[rows], rows, weight=weight)
