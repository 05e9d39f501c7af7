"""The local engine: scores a book on all cores of this machine, in bounded memory, and survives being killed.

It refuses an output that holds another run's scores, an input that changes while it is read, and a second run at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import perf_counter
from typing import Any

from riskmodel.batch import plan, record
from riskmodel.batch.chunk import Chunk, Scored
from riskmodel.batch.input_manifest import PART_ROWS, Book
from riskmodel.batch.pipeline import scored
from riskmodel.batch.seekable_copy import seekable
from riskmodel.batch.spelling import AS_DEVELOPED, InputSpelling
from riskmodel.batch.workspace import RUN, Workspace, opened
from riskmodel.batch.writer import Written, write
from riskmodel.bundle import Bundle
from riskmodel.errors import RiskModelError
from riskmodel.files.places import refuse_inside

Heard = Callable[[int, int], None]


@dataclass(frozen=True)
class Job:
    """How a book is scored; `id_column` None: the bundle's own; `threads` None: one a core."""

    id_column: str | None = None
    threads: int | None = None
    resume: bool = False
    part_rows: int = PART_ROWS
    counterfactuals: bool = False
    spelling: InputSpelling = AS_DEVELOPED


def score(
    bundle: Bundle,
    source: Path,
    output: Path,
    job: Job = Job(),
    heard: Heard = lambda _rows, _total: None,
) -> dict[str, Any]:
    """Scores a Parquet or CSV file, a folder of them, or standard input (-) into the folder `output`; returns run.json.

    The id is the job's column, else the one of the bundle's training, else the number of the row. `heard` is told of
    rows done and of all rows, after each chunk. The same input and model give the same bytes, whatever the threads, and
    whether or not the run was stopped and taken up again. An output that is finished already is left as it is.

    Raises: DataError for bad input, RiskModelError for an output that cannot be written, is another run's, or is
    unfinished and not to be resumed.
    """
    start = perf_counter()
    chunk = Chunk.from_bundle(bundle, counterfactuals=job.counterfactuals).reading(job.spelling)
    id_column = job.id_column or bundle.lineage.get("id")
    refuse_inside(output, source)
    with seekable(source, sys.stdin.buffer, output) as place:
        book = plan.book(place, chunk.features, chunk.rules, id_column, job.part_rows)
        with opened(output) as space:
            return _Run(bundle, chunk, book, space, job, heard, start).done()


@dataclass(frozen=True)
class _Run:
    bundle: Bundle
    chunk: Chunk
    book: Book
    space: Workspace
    job: Job
    heard: Heard
    start: float

    def done(self) -> dict[str, Any]:
        if (manifest := self.space.manifest) is not None:
            return self._again(manifest)
        if (before := self.space.identity) is None:
            return self._scored({}, None)
        if not self.job.resume:
            raise RiskModelError(f"{self.space.output}: a run was stopped here; --resume goes on where it was")
        about = self._identity(self._digests())
        record.check_same(self.space.output, before, about)
        return self._scored(self._finished(), about)

    def _finished(self) -> dict[int, Written]:
        """The parts that need not be written again: whole, and of as many rows as the book has there."""
        due = {part.number: part.rows for part in self.book.parts}
        return {number: part for number, part in self.space.finished().items() if due.get(number) == part.rows}

    def _again(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """A finished output stays as it is, if it is what this run would write."""
        about = self._identity(self._digests())
        record.check_same(self.space.output, manifest, about)
        if damaged := self.space.damaged(manifest["parts"]):
            raise RiskModelError(f"{self.space.output / damaged}: is not what the manifest says; remove the output")
        earlier = self.space.read(RUN)
        self.heard(self.book.rows, self.book.rows)
        return earlier

    def _identity(self, digests: list[str]) -> dict[str, Any]:
        identity = record.identity(self.book, self.bundle, digests, self.job.part_rows)
        more = {"counterfactuals": True} if self.job.counterfactuals else {}
        return {**identity, **more, **self.job.spelling.identity}

    def _digests(self) -> list[str]:
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda file: file.digest(), self.book.files))

    @property
    def _threads(self) -> int:
        return self.job.threads or len(os.sched_getaffinity(0))

    def _scored(self, finished: dict[int, Written], about: dict[str, Any] | None) -> dict[str, Any]:
        todo = [part for part in self.book.parts if part.number not in finished]
        done = sum(part.rows for part in finished.values())
        self.heard(done, self.book.rows)
        with ThreadPoolExecutor(1, "hash") as hasher:
            # The checksums are taken while the first part is scored. No part is published before they are known.
            identity = _known(about) if about else hasher.submit(lambda: self._identity(self._digests()))
            waiting: list[Written] = []
            try:
                with scored(self.book, todo, self.chunk, self._threads) as results:
                    for part in self._parts(results, done):
                        waiting.append(part)
                        if identity.done():
                            self._publish(identity.result(), waiting, finished)
            finally:
                if waiting:  # whole, also where a later one failed
                    self._publish(identity.result(), waiting, finished)
            about = identity.result()
        parts = [finished[part.number] for part in self.book.parts]
        manifest = record.manifest(about, self.bundle, parts)
        seconds = {"all": round(perf_counter() - self.start, 3)}
        run = record.run(manifest, parts, self.bundle.reference, seconds, self._threads)
        self.space.finish(manifest, run)
        return run

    def _parts(self, results: Iterator[tuple[int, Scored]], done: int) -> Iterator[Written]:
        for number, group in groupby(results, key=lambda item: item[0]):
            yield write(self.book.parts[number], self._with_progress(group, done), self.space.work)
            done += self.book.parts[number].rows

    def _with_progress(self, group: Iterator[tuple[int, Scored]], done: int) -> Iterator[Scored]:
        for _, result in group:
            yield result
            done += result.rows.num_rows + (result.aside.num_rows if result.aside else 0)
            self.heard(done, self.book.rows)

    def _publish(self, about: dict[str, Any], waiting: list[Written], finished: dict[int, Written]) -> None:
        if self.space.identity is None:
            self.space.begin(about)
        while waiting:
            self.space.publish(waiting[0])
            finished[waiting[0].number] = waiting[0]
            waiting.pop(0)


def _known(about: dict[str, Any]) -> Future[dict[str, Any]]:
    future: Future[dict[str, Any]] = Future()
    future.set_result(about)
    return future
