"""The run of Spark's own expressions: written by Spark, counted on the way, and held against this machine's answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import privacy
from riskmodel.batch.chunk import WHY, Chunk
from riskmodel.batch.counts import Tally
from riskmodel.batch.input_manifest import Book
from riskmodel.batch.spark.native import first_rows
from riskmodel.batch.spark.native.answers import Answers, by_task
from riskmodel.batch.spark.native.counts import AskedColumns
from riskmodel.batch.spark.native.frame import AS_IT_CAME, NUMBER, NativeRows, native_rows
from riskmodel.batch.spark.session import in_one_line
from riskmodel.bundle import Bundle
from riskmodel.code_export import Decider
from riskmodel.code_export.sql import decided, encoded
from riskmodel.datasets import encode
from riskmodel.datasets.input_validation import FEWEST
from riskmodel.errors import DataError

# In one statement: Spark goes through all expressions once more for each change of a table.
_ANSWERS = "SELECT id, pd, CAST(points AS INT) AS points, * EXCEPT (id, pd, points, why)"
MOST_SPELLINGS = 100_000  # of a column's levels that the model does not have
SETTINGS = {
    # Methods beyond 8,000 bytes are never compiled by the JVM; without whole stages Spark cuts them far smaller.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.files.maxRecordsPerFile": "0",
    "spark.sql.parquet.compression.codec": "zstd",
    "parquet.compression.codec.zstd.level": "1",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


@dataclass(frozen=True, eq=False)
class Native:
    """Gives the reports of a book's parts, as Python's workers would; `work` is a folder that all machines share.

    Raises: UnsupportedScorer for what is no sum of trees, DataError for rows that Spark would read otherwise.
    """

    bundle: Bundle
    chunk: Chunk
    book: Book
    work: Path

    def reports(self, spark: Any, settings: Mapping[str, str]) -> list[dict[str, Any]]:
        """Scores all; in the order of the book."""
        decider = self._decider()
        decider.margin, decider.short_effects  # noqa: B018 - refused before anything is written
        sources = native_rows(self.book, self.chunk.features)
        session = spark.newSession()
        with in_one_line("Spark"):
            for name, value in {**settings, **SETTINGS}.items():
                session.conf.set(name, value)
            runs = [_Source(self, rows, session, i) for i, rows in enumerate(sources)]
            return sorted((one for run in runs for one in run.reports(decider)), key=lambda one: one["at"])

    def _decider(self) -> Decider:
        saved, chunk = self.bundle, self.chunk
        nulls = chunk.spelling.nulls
        return Decider(chunk.scorer, saved.policy, saved.scale, chunk.rules, saved.reasons, saved.scorer_sha256, nulls)


@dataclass(frozen=True, eq=False)
class _Source:
    """The files of one header."""

    job: Native
    rows: NativeRows
    session: Any
    number: int

    def reports(self, decider: Decider) -> Iterator[dict[str, Any]]:
        counted, folder = self._scored(decider, "scored")
        if spelt := self._spelt_otherwise(decider, counted):
            decider = replace(decider, spelt=spelt)
            counted, folder = self._scored(decider, "scored again")
        fewest = FEWEST if self.job.chunk.spelling.unknown is None else 1
        tally = self._asked(decider).tally(counted, fewest)
        scored = by_task(folder)
        left = counted["rows"] - sum(pq.read_metadata(path).num_rows for path in scored.values())
        aside = by_task(self._aside(decider)) if left else {}
        answers = Answers(scored, aside, self.rows.places(self.session), self.job.chunk.edges)
        parts = answers.reports(self.job.work)
        first_rows.check(self.job.chunk, self.job.book, parts, self.job.work)
        yield from _with_tally(parts, tally)

    def _view(self, decider: Decider, *, as_it_came: bool = False) -> Any:
        """id, why, raw values and features."""
        frame = self.rows.frame(self.session, as_it_came=as_it_came)
        frame.createOrReplaceTempView("applications")
        id_column = NUMBER if self.rows.source.id_column is None else self.rows.source.id_column
        keep = [AS_IT_CAME] if as_it_came else []
        return self.session.sql(encoded(decider, "spark", "applications", id_column, keep))

    def _asked(self, decider: Decider) -> AskedColumns:
        texts = [f"r{i}" for i, name in enumerate(decider.columns) if self._is_text(name)]
        id_column = self.rows.source.id_column
        return AskedColumns(decider, ("id", *texts) if id_column and self._is_text(id_column) else tuple(texts))

    def _is_text(self, name: str) -> bool:
        kind = self.rows.types.field(name).type
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))

    def _scored(self, decider: Decider, name: str) -> tuple[dict[str, int], Path]:
        """Writes the scored rows, and says what was counted of all rows, and of the odd ones among them."""
        from pyspark.sql import Observation

        observed, asked = Observation(), self._asked(decider)
        view = self._view(decider).observe(observed, *_columns(asked.aggregates))
        view.createOrReplaceTempView("encoded")
        rows = self.session.sql(f"{_ANSWERS} FROM ({decided(decider, 'spark', 'encoded')}) WHERE why IS NULL")
        folder = self._written(rows, name, ["id"])
        counted = {about: int(value) for about, value in observed.get.items()}
        return {**counted, **self._of_odd(decider, asked, counted["odd"])}, folder

    def _of_odd(self, decider: Decider, asked: AskedColumns, rows: int) -> dict[str, int]:
        """A second pass where there are any: what each could be asked would slow down the first."""
        if not rows:
            return dict.fromkeys(asked.of_odd, 0)
        counts = self._view(decider).where(asked.odd).agg(*_columns(asked.of_odd)).first()
        return {about: int(value) for about, value in counts.asDict().items()}

    def _aside(self, decider: Decider) -> Path:
        """The rows that are set aside, as they came."""
        from pyspark.sql import functions

        view = self._view(decider, as_it_came=True).where("why IS NOT NULL")
        given = {f"{name} (input)" if name in ("id", WHY) else name: name for name in self.rows.types.names}
        if len({"id", WHY, *given}) < len(given) + 2:
            raise DataError(f"columns must not be named {WHY!r} and '{WHY} (input)' at once")
        kept = [functions.col(f"`{AS_IT_CAME}`").getField(name).alias(title) for title, name in given.items()]
        return self._written(view.select("id", WHY, *kept), "aside", ["id", *given])

    def _written(self, rows: Any, name: str, raw: list[str]) -> Path:
        """Rows in a folder of their own, whose files say which columns hold raw values."""
        folder = self.job.work / f"{name} {self.number}"
        for column in raw:
            rows = rows.withMetadata(
                column, {key.decode(): value.decode() for key, value in privacy.marked([column]).items()}
            )
        plain = {f"parquet.enable.dictionary#{column}": "false" for column in ("id", "pd", "points")}
        rows.write.options(**plain).parquet(f"file://{folder}")
        return folder

    def _spelt_otherwise(self, decider: Decider, counted: Mapping[str, int]) -> dict[str, dict[str, int | None]]:
        """The codes of spellings that the statement does not have, as `score` reads them: 007 for 7, or ' NA '."""
        asked, spelt = self._asked(decider), dict[str, dict[str, int | None]]()
        for place, feature in asked.levels.items():
            if not counted[f"unknown {place}"]:
                continue
            unknown = self._view(decider).where(asked.unknown(place))
            rows = unknown.select(asked.raw(feature)).distinct().limit(MOST_SPELLINGS).collect()
            texts = sorted(row[0] for row in rows)
            codes = encode.places(pa.array(texts, pa.string()), feature).to_pylist()
            strange = len(feature.categories) - 1 if feature.other else encode.UNKNOWN
            if known := {text: code for text, code in zip(texts, codes, strict=True) if code != strange}:
                spelt[feature.read_from] = known
        return spelt


def _columns(asked: Mapping[str, str]) -> list[Any]:
    from pyspark.sql import functions

    return [functions.expr(text).alias(about) for about, text in asked.items()]


def _with_tally(parts: list[dict[str, Any]], tally: Tally) -> Iterator[dict[str, Any]]:
    """What was counted of all rows, in the first part's record."""
    for number, one in enumerate(parts):
        yield one if number else {**one, "part": {**one["part"], "tally": {**one["part"]["tally"], **tally}}}
