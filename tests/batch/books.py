"""Books to score in tests, models to score them with, and what comes out."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from samples import FEATURES, drawn

from riskmodel import bundle
from riskmodel.core import Policy

POLICY = Policy(cutoff=0.4, refer_from=0.3, grade_edges=(0.1, 0.2, 0.5))


def applications(rows: int, seed: int, first: int = 0) -> pa.Table:
    """Applications with ids: categories as text, missing as null."""
    sample, columns = drawn(rows, seed), {"loan": pa.array([f"L{i}" for i in range(first, first + rows)])}
    for column, values in zip(FEATURES, sample.matrix.T, strict=True):
        if column.categories:
            columns[column.name] = pa.array([column.categories[int(code)] for code in values], pa.string())
        else:
            columns[column.name] = pa.array(values, mask=np.isnan(values))
    return pa.table(columns)


def packed(scorer, **more) -> bundle.Bundle:
    return bundle.pack(scorer, more.pop("policy", POLICY), {"id": "loan"}, {}, **more)


def scored(folder: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in sorted(folder.glob("part-*.parquet")))


def contents(folder: Path, without: tuple[str, ...] = ("run.json",)) -> dict[str, str]:
    """The checksum of every file below a folder, hidden ones too."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in without]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
