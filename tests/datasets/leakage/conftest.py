"""The screens run on a table, and one feature as they see it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from riskmodel.config import Data, SplitShares
from riskmodel.datasets import leakage, schema, split
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView, feature, view_of


@pytest.fixture(scope="session")
def suspects():
    """Screens columns with the given roles, split at random."""

    def of(columns: Mapping[str, Any], **roles: Any) -> tuple[leakage.Suspect, ...]:
        table, data = _table(columns, roles)
        keys = split.row_keys(table, data)
        rows = split.draw(keys.default, SplitShares(how="random"), 0)
        return leakage.suspects(table, schema.learn(table, data, keys.default, rows.train), data, keys, rows)

    return of


@pytest.fixture(scope="session")
def one():
    """One feature, and the rows that are seen, of a table that is development as a whole."""

    def of(columns: Mapping[str, Any], name: str, **roles: Any) -> tuple[Feature, ScreeningView]:
        table, data = _table(columns, roles)
        keys = split.row_keys(table, data)
        own = view_of(table, keys, np.arange(table.num_rows))
        (column,) = (column for column in schema.learn(table, data, keys.default).columns if column.name == name)
        return feature(own, column), own

    return of


def _table(columns: Mapping[str, Any], roles: Mapping[str, Any]) -> tuple[pa.Table, Data]:
    """Text is a category unless it has a role, and `opened` the time."""
    table = pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
    single = {"target": "default", **({"time": "opened"} if "opened" in columns else {})}
    single |= roles
    text = [f.name for f in table.schema if pa.types.is_string(f.type) and f.name not in single.values()]
    return table, Data(path="loans", **{"categorical": text, **single})
