"""A bundle as MLflow asks it: frames in, frames out, by the chunk that batch runs score with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from riskmodel import tables
from riskmodel.batch.chunk import WHY, Chunk, Scored
from riskmodel.datasets import input_validation


@dataclass(frozen=True, eq=False)
class Predictor:
    """What MLflow asks for predictions."""

    chunk: Chunk
    id_column: str | None  # the one of training

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> pd.DataFrame:  # noqa: ARG002 - MLflow's own
        """A row for each row of a pandas frame (or an Arrow table), in its order and under its index.

        Columns: id, pd, points, grade, decision, reason_1 to reason_4, model_sha256, why. A row that breaks the
        model's rules has nothing but its id and, in `why`, the rules. The id is the column of training, or else the
        number of the row. Raises: DataError.
        """
        frame: pd.DataFrame = self.answers(tables.of(data)).to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)
        return frame.set_index(data.index) if isinstance(data, pd.DataFrame) else frame

    def answers(self, table: pa.Table) -> pa.Table:
        """The same as Arrow. Raises: DataError."""
        [batch] = table.combine_chunks().to_batches()
        names = batch.schema.names
        known = [self.id_column] if self.id_column is not None and self.id_column in names else []
        input_validation.check_names(names, self.chunk.features, self.chunk.rules, known)
        ids = batch.column(known[0]) if known else pa.array(np.arange(batch.num_rows))
        places = pa.array(np.arange(batch.num_rows), mask=ids.is_null().to_numpy(zero_copy_only=False))
        return _in_place(self.chunk(batch, places), ids)


def _in_place(scored: Scored, ids: pa.Array) -> pa.Table:
    """The scored rows, which have their places for ids, and between them those that were set aside."""
    at = np.full(len(ids), -1)
    at[scored.rows["id"].to_numpy()] = np.arange(scored.rows.num_rows)
    aside = at < 0
    why = np.full(len(ids), None, object)
    if scored.aside is not None:
        why[aside] = scored.aside[WHY].to_pylist()
    columns = {name: _plain(scored.rows[name]) for name in scored.rows.schema.names}
    rows = {name: column.take(pa.array(at, mask=aside)) for name, column in columns.items()}
    return pa.table({**rows, "id": ids, WHY: pa.array(why, pa.string())})


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
