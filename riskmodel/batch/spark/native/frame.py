"""The rows of files that Spark reads, as the statement takes them; what Spark would read otherwise is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from riskmodel.batch.input_manifest import Book, File
from riskmodel.batch.spark.native.headers import SparkRows, headers
from riskmodel.batch.spark.source import At
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode
from riskmodel.errors import DataError

FILE, NUMBER, AS_IT_CAME = "riskmodel: file", "riskmodel: number of the row", "riskmodel: as it came"
_SCHEME = re.compile("^[a-z]+:/+")  # Spark writes file:/ and file:///
_FRACTION = re.compile(r"\s*[-+]?\d*\.\d*[1-9]\d*|.*[eE].*")  # a level of doubles that Spark may spell otherwise


@dataclass(frozen=True)
class NativeRows:
    """Files of one header, whose rows Spark reads and keeps to itself."""

    source: SparkRows
    features: tuple[Column, ...]

    @property
    def types(self) -> pa.Schema:
        """Of the columns as they stand in the files, keys of folders' names among them."""
        return self._files[0].types

    @property
    def _files(self) -> list[File]:
        return [file for _, _, file in self.source.files.values()]

    def scan(self, session: Any) -> Any:
        """The files as they are."""
        from pyspark.sql.pandas.types import from_arrow_schema

        reader = session.read.schema(from_arrow_schema(self.source.types))
        reader = reader.option("parquet.page.verify-checksum.enabled", "true")
        return reader.parquet(*(f"file://{path}" for path in self.source.files))

    def frame(self, session: Any, *, as_it_came: bool = False) -> Any:
        """Columns by their names: numbers as doubles, levels as text; the id, or NUMBER, as it is."""
        from pyspark.sql import functions

        table = self._with_facts(session, self.scan(session))
        columns = [functions.expr(text).alias(name) for name, text in self._values().items()]
        if as_it_came:
            columns.append(functions.struct(*(table[_quoted(name)] for name in self.types.names)).alias(AS_IT_CAME))
        return table.select(*columns)

    def places(self, session: Any) -> list[At]:
        """Where in the book each of Spark's partitions begins: file, and byte of it."""
        partitions = self.scan(session)._jdf.queryExecution().toRdd().partitions()
        return [self._place(partition.files()[0]) for partition in partitions]

    def _place(self, stretch: Any) -> At:
        return self.source.files[_path(str(stretch.urlEncodedPath()))][0], int(stretch.start())

    def _values(self) -> Mapping[str, str]:
        kinds = {feature.read_from: feature for feature in self.features}
        values = {name: _quoted(name) for name in self.types.names if name not in kinds}
        if self.source.id_column is None:
            values[NUMBER] = _quoted(NUMBER)
        for name, feature in kinds.items():
            kind = _plain(self.types.field(name).type)
            values[name] = _level(name, kind) if feature.kind is Kind.CATEGORICAL else _quoted(name)
        return values

    def _with_facts(self, session: Any, table: Any) -> Any:
        """With the keys of each file, and the numbers of rows, where these are asked for."""
        from pyspark.sql import functions

        keys = list(self._files[0].keys)
        if not keys and self.source.id_column is not None:
            return table
        paths = {_path(path): _SCHEME.sub("/", path) for path in table.inputFiles()}
        read = [(paths[path], first, file) for path, (_, first, file) in self.source.files.items()]
        facts = {FILE: [path for path, _, _ in read], NUMBER: pa.array([first for _, first, _ in read], pa.int64())}
        facts |= {name: pa.array([file.keys[name].as_py() for _, _, file in read]) for name in keys}
        of_file = functions.broadcast(session.createDataFrame(pa.table(facts)))  # by Arrow: a list would ask for Python
        table = table.withColumn(FILE, functions.regexp_replace("_metadata.file_path", _SCHEME.pattern, "/"))
        table = table.withColumn("in_file", functions.col("_metadata.row_index"))
        joined = table.join(of_file, FILE)
        return joined.withColumn(NUMBER, functions.expr(f"{_quoted(NUMBER)} + in_file")).drop(FILE, "in_file")


def native_rows(book: Book, features: Sequence[Column]) -> list[NativeRows]:
    """The files of a book by their headers. Raises: DataError for what Spark does not read as `score` does."""
    read, others = headers(book)
    for file in others:
        raise DataError(f"{file.path}: {_ONLY}, however: {file.form} with columns that Spark reads otherwise")
    for source in read:
        _check(source, features)
    return [NativeRows(source, tuple(features)) for source in read]


_ONLY = "--native reads Parquet of plain numbers and text alone"


def _check(source: SparkRows, features: Sequence[Column]) -> None:
    path, (_, _, file) = next(iter(source.files.items()))
    for feature in features:
        if feature.read_from not in file.types.names:
            raise DataError(f"{path}: --native needs every column of the model, however: no {feature.read_from!r}")
        kind = _plain(file.types.field(feature.read_from).type)
        if feature.kind is Kind.NUMERIC and not encode.is_number(kind):
            raise DataError(f"{path}: column {feature.read_from!r} must be a number for --native, however: {kind}")
        fractions = [level for level in feature.categories if _FRACTION.fullmatch(level)]
        if fractions and (pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            raise DataError(f"{path}: column {feature.read_from!r} must be text for --native, however: {kind}")


def _level(name: str, kind: pa.DataType) -> str:
    """A level as `score` spells it: whole numbers without a point."""
    column = _quoted(name)
    if not (pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return f"CAST({column} AS STRING)"
    double = f"CAST({column} AS DOUBLE)"
    whole = f"TRY_CAST({double} AS BIGINT)"
    text = (
        f"CASE WHEN {double} = CAST({whole} AS DOUBLE) THEN CAST({whole} AS STRING) ELSE CAST({column} AS STRING) END"
    )
    return f"CASE WHEN ISNAN({double}) THEN NULL ELSE {text} END"


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _path(address: str) -> str:
    return unquote(urlsplit(address).path)
