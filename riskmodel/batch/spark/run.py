"""The driver: hands the book out, and publishes what the executors report; all of the output appears, or none.

It refuses what the local engine refuses, in the same words. It does not resume: Spark tries again what a worker lost,
and a run whose driver was stopped starts anew.
"""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from riskmodel.batch import plan, record
from riskmodel.batch.chunk import Chunk
from riskmodel.batch.input_manifest import PART_ROWS, Book
from riskmodel.batch.seekable_copy import STDIN, seekable
from riskmodel.batch.spark import model_archive
from riskmodel.batch.spark.native import Native
from riskmodel.batch.spark.session import in_one_line, opened
from riskmodel.batch.spark.source import RowSpans
from riskmodel.batch.spark.task import REPORT, ProcessSettings, Task
from riskmodel.batch.spelling import AS_DEVELOPED, InputSpelling
from riskmodel.batch.workspace import RUN, Workspace
from riskmodel.batch.workspace import opened as workspace
from riskmodel.batch.writer import Written
from riskmodel.bundle import Bundle
from riskmodel.errors import RiskModelError
from riskmodel.files.places import refuse_inside

SETTINGS = {
    "spark.sql.caseSensitive": "true",  # else Spark cannot tell Income from income
    # Else a cluster's own settings may drop what cannot be read.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}

Opened = Callable[[], AbstractContextManager[Any]]


def score(
    bundle: Bundle,
    source: Path,
    output: Path,
    id_column: str | None = None,
    session: Opened = opened,
    *,
    spelling: InputSpelling = AS_DEVELOPED,
    native: bool = False,
) -> dict[str, Any]:
    """Scores a Parquet or CSV file, a folder of them, or standard input (-) on a cluster; returns run.json.

    `source` and `output` must have the same path on the driver and on all workers. Every row becomes what the local
    engine makes of it; parts have about 262,144 rows, and are numbered in the order of the book. An output that
    is finished already is left as it is. `native`: by Spark's own expressions, without Python on the workers, where the
    model is a sum of trees; PDs are then within 1e-9. Raises: RiskModelError, as the local engine does, and where there
    is no Spark.
    """
    start = perf_counter()
    chunk = Chunk.from_bundle(bundle).reading(spelling)
    id_column = id_column or bundle.lineage.get("id")
    source = source if source == STDIN else source.absolute()
    refuse_inside(output, source)
    with seekable(source, sys.stdin.buffer, output.absolute()) as place, ExitStack() as stack:
        book = plan.book(place, chunk.features, chunk.rules, id_column, PART_ROWS)
        space = stack.enter_context(workspace(output.absolute()))
        if space.manifest is not None:
            return _again(space, _identity(book, bundle, _digests(book), spelling, native=native))
        if space.identity is not None:
            raise RiskModelError(f"{output}: a run was stopped here; remove it, since Spark starts anew")
        spark = stack.enter_context(session())
        return _Run(bundle, chunk if native else None, book, space, spark, spelling, start, perf_counter()).done()


def _again(space: Workspace, about: dict[str, Any]) -> dict[str, Any]:
    """A finished output stays as it is, if it is what this run would write."""
    before = space.manifest or {}
    record.check_same(space.output, before, about, parts="engine")
    if damaged := space.damaged(before["parts"]):
        raise RiskModelError(f"{space.output / damaged}: is not what the manifest says; remove the output")
    return space.read(RUN)


def _identity(
    book: Book, bundle: Bundle, digests: Sequence[str], spelling: InputSpelling, *, native: bool
) -> dict[str, Any]:
    more = {"native": True} if native else {}
    return {**record.identity(book, bundle, digests, 0), **spelling.identity, **more}


def _digests(book: Book) -> list[str]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda file: file.digest(), book.files))


@dataclass(frozen=True)
class _Run:
    bundle: Bundle
    native: Chunk | None  # what Spark's own expressions are held against, where they score
    book: Book
    space: Workspace
    spark: Any
    spelling: InputSpelling
    start: float
    ready: float  # since when there is a session

    def done(self) -> dict[str, Any]:
        with ThreadPoolExecutor(1, "hash") as hasher:
            digests = hasher.submit(_digests, self.book)
            reports = self._reports()
            given = (self.book, self.bundle, digests.result(), self.spelling)
            about = _identity(*given, native=self.native is not None)
        for file in self.book.files:
            file.check()
        parts = [self._published(number, report) for number, report in enumerate(reports)]
        manifest = record.manifest(about, self.bundle, parts)  # refuses a row too few or too many
        self.space.begin(about)
        for part in parts:
            self.space.publish(part)
        end = perf_counter()
        seconds = {"all": round(end - self.start, 3), "after_start": round(end - self.ready, 3)}
        cores = int(self.spark.sparkContext.defaultParallelism)
        run = record.run(manifest, parts, self.bundle.reference, seconds, cores)
        self.space.finish(manifest, run)
        return run

    def _reports(self) -> Sequence[dict[str, Any]]:
        """What every task that counts has written, in the order of the book."""
        work = self.space.work / "attempts"
        shutil.rmtree(work, ignore_errors=True)  # of a driver that was killed
        work.mkdir()
        if self.native is not None:
            return Native(self.bundle, self.native, self.book, work).reports(self.spark, SETTINGS)
        for name, value in SETTINGS.items():
            self.spark.conf.set(name, value)
        model = model_archive.packed(self.bundle)
        with in_one_line(self.space.output), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            sent, sha256 = self.spark.sparkContext.broadcast(model), model_archive.sha256_of(model)
            common = (model_archive.versions(), ProcessSettings.of_this_process(), self.spelling)
            task = Task(RowSpans.of_book(self.book), sent, sha256, str(work), *common)
            rows = task.source.frame(self.spark).mapInArrow(task, f"{REPORT} string").collect()
            sent.destroy()
        return sorted((json.loads(row[0]) for row in rows), key=lambda report: report["at"])

    def _published(self, number: int, report: dict[str, Any]) -> Written:
        """A part of an attempt under its number, where the workspace looks for parts."""
        part, names = Written(**report["part"]), {}
        for name, file in part.files.items():
            path = Path(name)
            place = path.with_name(f"part-{number:05d}.parquet")
            (self.space.work / place).parent.mkdir(exist_ok=True)
            (self.space.work / "attempts" / report["attempt"] / path).replace(self.space.work / place)
            names[place.as_posix()] = file
        return replace(part, number=number, files=names)
