"""Looks at a book before anything is written: formats, headers, types of the ids, rows. What is wrong is told here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from riskmodel import tables
from riskmodel.batch import parquet
from riskmodel.batch.input_manifest import Book, File, Stamp
from riskmodel.config import Scoring
from riskmodel.core import Column, Kind
from riskmodel.datasets import input_validation
from riskmodel.errors import DataError
from riskmodel.tables import Keys, check_names, format_of, in_one_line, key_types, keys


def book(source: Path, features: Sequence[Column], rules: Scoring, id_column: str | None, part_rows: int) -> Book:
    """The files of `source` in the order of their names, and the parts that they make.

    Raises: DataError for a file that is damaged, of another format, or whose header the policies refuse; for ids of two
    types; for no rows at all.
    """
    paths = tables.parts(source)
    key_sets = [keys(path, source) for path in paths]
    types = key_types(key_sets)
    wanted = _Wanted(features, rules, id_column)
    files = [_file(path, source, wanted, _scalars(one, types)) for path, one in zip(paths, key_sets, strict=True)]
    if id_column is not None:
        _check_ids(files, id_column)
    made = Book.of(files, id_column, part_rows)
    if not made.rows:
        raise DataError(f"{source}: the input has no rows")
    return made


class _Wanted:
    """What a header is held to."""

    def __init__(self, features: Sequence[Column], rules: Scoring, id_column: str | None) -> None:
        self.features, self.rules, self.id_column = features, rules, id_column
        self.texts = {column.name for column in features if column.kind is Kind.CATEGORICAL}
        self.spelt = {c.read_from for c in features if c.nulls is not None}  # with their own spellings of missing
        self.names = list(dict.fromkeys([*([id_column] if id_column else []), *(c.read_from for c in features)]))

    def check(self, path: Path, names: Sequence[str]) -> None:
        check_names(path, names)
        if self.id_column is not None and self.id_column not in names:
            raise DataError(f"{path}: no column {self.id_column!r}; {tables.near(self.id_column, list(names))}")
        known = [self.id_column] if self.id_column else []
        try:
            input_validation.check_names(names, self.features, self.rules, known)
        except DataError as error:
            raise DataError(f"{path}: {error}") from error


def _scalars(keys: Keys, types: Mapping[str, pa.DataType]) -> dict[str, pa.Scalar]:
    return {name: pa.scalar(value, pa.string()).cast(types[name]) for name, value in keys.items()}


def _file(path: Path, source: Path, wanted: _Wanted, own_keys: Mapping[str, pa.Scalar]) -> File:
    name = path.relative_to(source).as_posix() if path != source else path.name
    stamp, form = Stamp.of(path), format_of(path)
    with in_one_line(path):
        if form == "parquet":
            schema, spans = parquet.looked_at(path)
            wanted.check(path, [*schema.names, *own_keys])
            tables.check_types(path, schema, wanted.names)
            return File(path, name, "parquet", stamp, spans, _types(schema, wanted, own_keys), own_keys)
        if form == "csv":
            return _csv(path, name, stamp, wanted, own_keys)
    raise DataError(f"{path}: must be Parquet or CSV, however: {form}")


def _csv(path: Path, name: str, stamp: Stamp, wanted: _Wanted, own_keys: Mapping[str, pa.Scalar]) -> File:
    layout = tables.csv_layout(path)
    wanted.check(path, [*layout.names, *own_keys])
    spans, sha256 = tables.spans(path, len(layout.names))
    texts = {*wanted.texts, *wanted.spelt, wanted.id_column}
    schema = pa.schema([(column, pa.string() if column in texts else pa.float64()) for column in layout.names])
    types = _types(schema, wanted, own_keys)
    return File(path, name, "csv", stamp, spans, types, own_keys, layout.names, layout.delimiter, sha256)


def _types(schema: pa.Schema, wanted: _Wanted, own_keys: Mapping[str, pa.Scalar]) -> pa.Schema:
    """The columns that are read, in the order of the model, the id first; a missing one is left out."""
    kinds = {field.name: field.type for field in schema}
    kinds |= {name: value.type for name, value in own_keys.items()}
    return pa.schema([(name, kinds[name]) for name in wanted.names if name in kinds])


def _check_ids(files: Sequence[File], id_column: str) -> None:
    first = _plain(files[0].types.field(id_column).type)
    for file in files:
        kind = _plain(file.types.field(id_column).type)
        if kind != first:
            raise DataError(
                f"{file.path}: column {id_column!r} must have one type in all files, however: {first} and {kind}"
            )


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
