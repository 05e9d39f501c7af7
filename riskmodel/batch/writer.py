"""Writes one part of the output beside its place: scored rows, quarantined rows, and what was counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq
from typing_extensions import TypedDict  # pydantic's own before Python 3.12

from riskmodel import privacy
from riskmodel.batch.chunk import WHY, Scored
from riskmodel.batch.counts import Tally, added
from riskmodel.batch.input_manifest import sha256_of
from riskmodel.errors import DataError

QUARANTINE = "quarantine"
_RAW = ("id", "counterfactuals")  # which have values of the application itself
_WORDS = ("grade", "decision", "reason_1", "reason_2", "reason_3", "reason_4", "model_sha256")


class Due(Protocol):
    """What is written as one part; its rows need be known only once they have all come."""

    @property
    def number(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def name(self) -> str: ...


class PartFacts(TypedDict):
    """What a file must be: its size in bytes, and its checksum."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Written:
    """A part that is whole: rows read, scored and set aside, its files with size and checksum, its counts."""

    number: int
    rows: int
    scored: int
    quarantined: int
    files: dict[str, PartFacts]
    tally: Tally

    def to_data(self) -> dict[str, Any]:
        return asdict(self)


def write(part: Due, chunks: Iterable[Scored], folder: Path) -> Written:
    """Writes the part's files into `folder`, the scored ones by their name, the quarantined ones below QUARANTINE.

    Raises: DataError if rows were lost on the way, OSError where the disk is full.
    """
    scored = quarantined = 0
    tallies: list[Tally] = []
    (folder / QUARANTINE).mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        rows_to = _File(folder / part.name, _raw_in_scored, _WORDS)
        aside_to = _File(folder / QUARANTINE / part.name, _raw_in_quarantine)
        opened.callback(rows_to.close)
        opened.callback(aside_to.close)
        for chunk in chunks:
            rows_to.write(chunk.rows)
            scored += chunk.rows.num_rows
            if chunk.aside is not None:
                aside_to.write(chunk.aside)
                quarantined += chunk.aside.num_rows
            tallies.append(chunk.tally)
    if scored + quarantined != part.rows:
        raise DataError(
            f"{part.name}: must have {part.rows} rows, however: {scored} scored and {quarantined} set aside"
        )
    names = [part.name, *([f"{QUARANTINE}/{part.name}"] if quarantined else [])]
    files: dict[str, PartFacts] = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)} for name in names
    }
    return Written(part.number, part.rows, scored, quarantined, files, added(tallies))


def _raw_in_scored(names: Sequence[str]) -> list[str]:
    return [name for name in names if name in _RAW]


def _raw_in_quarantine(names: Sequence[str]) -> list[str]:
    return [name for name in names if name != WHY]


class _File:
    """A Parquet file that is opened with its first rows, and says which of its columns hold applicants' raw values."""

    def __init__(self, path: Path, raw: Callable[[Sequence[str]], list[str]], words: tuple[str, ...] = ()) -> None:
        self._path, self._raw, self._words = path, raw, words
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            # A dictionary of PDs or of ids is as long as they are: built in vain, and thrown away.
            words = list(self._words) or True
            schema = batch.schema.with_metadata(privacy.marked(self._raw(batch.schema.names)))
            self._writer = pq.ParquetWriter(self._path, schema, compression="zstd", use_dictionary=words)
        if batch.schema != self._writer.schema:
            batch = batch.cast(self._writer.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
