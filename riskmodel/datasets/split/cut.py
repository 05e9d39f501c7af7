"""Takes the samples of a draw out of the table, and seals the test sample at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from riskmodel.core import Column, Development, Role, Sample, Schema, Sealed, Split
from riskmodel.datasets import encode
from riskmodel.datasets.schema import outcome
from riskmodel.datasets.split.keys import borrowers, dates
from riskmodel.datasets.split.rows import Positions, Rows

_JUDGED = (Role.PROTECTED, Role.TIME, Role.AMOUNT, Role.BORROWER)


def split(table: pa.Table, schema: Schema, rows: Rows, recent: Positions | None = None) -> Split:
    """The samples of a draw; the schema's levels should be those of `rows.train`.

    `recent` are the rows of tune that alone recalibrate; None is all of them. Raises: DataError.
    """
    attributes = {column.name: _attribute(table, column) for role in _JUDGED for column in schema.named(role)}

    def sample(name: str, positions: Positions) -> Sample:
        bare = _sample(table, schema, positions, name)
        return replace(bare, attributes={key: values[positions] for key, values in attributes.items()})

    train, tune, selection, test = (sample(name, positions) for name, positions in rows.samples.items())
    development = Development(train, tune, recent=None if recent is None else sample("recent", recent))
    return Split(development, selection, Sealed(test))


def _attribute(table: pa.Table, column: Column) -> NDArray[Any]:
    """For judging only: a date as its day, a borrower as a number."""
    if column.role is Role.TIME:
        return dates(table, column.name)
    return borrowers(table, column.name) if column.role is Role.BORROWER else encode.attribute(table, column)


def _sample(table: pa.Table, schema: Schema, rows: Positions, name: str) -> Sample:
    (target,) = schema.named(Role.TARGET)
    own = table.select(dict.fromkeys(c.read_from for c in (*schema.features, target))).take(pa.array(rows))
    default = outcome(own, target.name, *target.categories)
    return Sample(name, schema.features, encode.matrix(own, schema.features), default, rows)
