"""What an executor does with a partition: scores it, writes its part beside, and reports that as one row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from riskmodel import limits, privacy
from riskmodel.batch.spark import model_archive
from riskmodel.batch.spark.source import Batches, RowSpans
from riskmodel.batch.spelling import AS_DEVELOPED, InputSpelling
from riskmodel.batch.writer import write
from riskmodel.core import Kind
from riskmodel.errors import RiskModelError

REPORT = "report"


@dataclass(frozen=True)
class ProcessSettings:
    """What a driver's process was told and a worker's must heed: `--limit` and `--show-values`."""

    bounds: dict[str, int]
    shows_values: bool

    @classmethod
    def of_this_process(cls) -> ProcessSettings:
        return cls(limits.raised(), privacy.shows_values())

    def heed(self) -> None:
        """Sets them here, in place of what an earlier job has set in a worker that serves many."""
        limits.take_over(self.bounds)
        privacy.show_values(self.shows_values)


@dataclass(frozen=True)
class Task:
    """What a job hands out; `work` is a folder that driver and workers share, `libraries` those of the driver."""

    source: RowSpans
    model: Any  # a broadcast of the archive's bytes
    sha256: str
    work: str
    libraries: dict[str, str]
    settings: ProcessSettings
    spelling: InputSpelling = AS_DEVELOPED

    def __call__(self, batches: Batches) -> Iterator[pa.RecordBatch]:
        """A row a part: attempt, place in the book, and what was written. Raises: RiskModelError."""
        for report in self._reports(batches):
            yield pa.RecordBatch.from_pydict({REPORT: [json.dumps(report)]})

    def _reports(self, batches: Batches) -> Iterator[dict[str, Any]]:
        from pyspark import TaskContext
        from threadpoolctl import threadpool_limits

        self.settings.heed()
        model_archive.check_versions(self.libraries)
        chunk = model_archive.chunk(lambda: self.model.value, self.sha256).reading(self.spelling)
        texts = {column.name for column in chunk.features if column.kind is Kind.CATEGORICAL}
        attempt = f"attempt-{TaskContext.get().taskAttemptId()}"
        with threadpool_limits(1):  # Spark counts on one core a task
            for part, at, rows in self.source.parts(batches, texts):
                chunks = (chunk(one.batch, one.ids, one.as_it_came) for one in rows)
                yield {"attempt": attempt, "at": at, "part": self._written(part, chunks, attempt)}

    def _written(self, part: Any, chunks: Iterable[Any], attempt: str) -> dict[str, Any]:
        folder = Path(self.work) / attempt
        try:
            # Never with its parents: a task that outlives its job must not bring back what was cleared away.
            folder.mkdir(exist_ok=True)
            return write(part, chunks, folder).to_data()
        except OSError as error:
            reason = error.strerror or str(error)
            shared = "; driver and workers must share it" if isinstance(error, FileNotFoundError) else ""
            raise RiskModelError(f"{folder}: cannot be written: {reason}{shared}") from error
