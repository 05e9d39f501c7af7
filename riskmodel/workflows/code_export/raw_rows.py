"""Applications as a table has them: levels in words, codes, infinite and missing values, levels unheard of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from riskmodel import tables
from riskmodel.core import Column, Kind, Matrix, Scorer
from riskmodel.datasets import encode
from riskmodel.errors import DataError

UNHEARD = "a level that no table has"
ODD = 0.01  # share of the values of a column that are infinite, or unheard of


def made_up(scorer: Scorer, rows: int, seed: int = 0) -> pa.RecordBatch:
    """Rows around the numbers at which the scorer changes its mind; the same seed gives the same."""
    random = np.random.default_rng(seed)
    matrix = scorer.probes(rows, seed)
    columns: dict[str, pa.Array] = {}
    for name in dict.fromkeys(feature.read_from for feature in scorer.features):
        columns[name] = _column(name, scorer.features, matrix, random)
    return pa.RecordBatch.from_pydict(columns)


def _column(name: str, features: Sequence[Column], matrix: Matrix, random: np.random.Generator) -> pa.Array:
    """The values of the feature of this name, or of its indicators; a code stands where one of them could be met."""
    own = [(place, feature) for place, feature in enumerate(features) if feature.read_from == name]
    place, feature = min(own, key=lambda one: bool(one[1].source))
    values, odd = matrix[:, place].copy(), random.random(len(matrix)) < ODD
    if feature.kind is Kind.CATEGORICAL:
        known = [*feature.categories, None]
        codes = np.where(values < len(feature.categories), values, len(feature.categories)).astype(int)
        texts = [known[code] for code in codes]
        return pa.array([UNHEARD if strange else text for text, strange in zip(texts, odd, strict=True)], pa.string())
    special = [code for _, one in own for code in one.codes]
    if special:
        coded = random.random(len(values)) < 0.1
        values[coded] = random.choice(special, int(coded.sum()))
    values[odd] = random.choice([-np.inf, np.inf], int(odd.sum()))
    return pa.array(values, from_pandas=True)


def given(path: Path, scorer: Scorer, most: int) -> pa.RecordBatch:
    """The first rows of a table, as it has them. Raises: DataError."""
    columns = [feature for feature in scorer.features if not feature.source]
    columns += [Column(feature.read_from) for feature in scorer.features if feature.source]
    wanted = list({column.read_from: column for column in reversed(columns)}.values())
    batches = list(islice(tables.batches(path, wanted), 1 + most // 1_000))
    if not batches:
        raise DataError(f"{path}: must have rows to compare, however: none")
    [batch] = pa.Table.from_batches(batches).slice(0, most).combine_chunks().to_batches()
    numbers = {column.read_from for column in wanted if column.kind is Kind.NUMERIC}
    for name in numbers & set(batch.schema.names):
        if not encode.is_number(batch.schema.field(name).type):
            raise DataError(f"{path}: column {name!r} must be a number, however: {batch.schema.field(name).type}")
    return batch
