"""The output while it grows: what is finished, for whom, and how a run that was stopped is taken up again.

    output/part-00000.parquet            whole, or not there
    output/quarantine/part-00000.parquet
    output/manifest.json                 comes last: an output without it is not finished
    output/.scoring/                     until then: the lock, the run's identity, a record a part, parts being written

A part counts as finished once its record is there, and the record comes after the part. So a run that is killed at any
instant has lost only what it was writing, and the next one overwrites that.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic's own before Python 3.12

from riskmodel.batch.input_manifest import sha256_of
from riskmodel.batch.writer import QUARANTINE, PartFacts, Written
from riskmodel.core import canonical
from riskmodel.errors import DataError, RiskModelError
from riskmodel.files import atomic, beside, lock

MANIFEST = "manifest.json"
RUN = "run.json"
WORK = ".scoring"
PARTS = "part-*.parquet"


class _Listed(TypedDict):
    name: str
    bytes: int
    sha256: str


_LISTED = TypeAdapter(list[_Listed])
_WRITTEN = TypeAdapter(Written)


@dataclass(frozen=True)
class Workspace:
    """The folder of one output, locked."""

    output: Path

    @property
    def work(self) -> Path:
        return self.output / WORK

    @property
    def manifest(self) -> dict[str, Any] | None:
        """Of a finished output. Raises: DataError for a damaged one, unless the run can be finished again."""
        path = self.output / MANIFEST
        if (data := _read(path)) is not None and _is_manifest(data):
            return data
        if path.exists() and self.identity is None:
            raise DataError(f"{path}: is damaged; remove the output")
        return None

    def read(self, name: str) -> dict[str, Any]:
        """A file of a finished output. Raises: DataError."""
        if (data := _read(self.output / name)) is None:
            raise DataError(f"{self.output / name}: is missing or damaged; remove the output")
        return data

    @property
    def identity(self) -> dict[str, Any] | None:
        """What the unfinished run is about: model, policy and input. None where nobody can tell any more."""
        return _read(self.work / "identity.json")

    def begin(self, identity: Mapping[str, Any]) -> None:
        """Says what the run is about, once nothing is left of one that nobody can tell anything about."""
        for folder, pattern in ((self.work, "done-*.json"), (self.output, PARTS), (self.output / QUARANTINE, PARTS)):
            for path in folder.glob(pattern):
                path.unlink()
        atomic.write(self.work / "identity.json", canonical(dict(identity)))
        atomic.sync(self.output)
        atomic.sync(self.output.absolute().parent)

    def publish(self, part: Written) -> None:
        """Moves a part from `work` to its place, and then says so."""
        for name in reversed(part.files):
            (self.output / name).parent.mkdir(exist_ok=True)
            if (self.work / name).exists():  # else an interrupt came between the move and the record
                atomic.move(self.work / name, self.output / name)
        atomic.write(self.work / _record(part.number), canonical(part.to_data()))

    def finished(self) -> dict[int, Written]:
        """The parts that are as their records say, by number; a part that is not is written again."""
        records = (_record_of(path) for path in sorted(self.work.glob("done-*.json")))
        whole = (part for part in records if part and all(starmap(self._is_whole, part.files.items())))
        return {part.number: part for part in whole}

    def _is_whole(self, name: str, due: PartFacts) -> bool:
        path = self.output / name
        return path.is_file() and path.stat().st_size == due["bytes"] and sha256_of(path) == due["sha256"]

    def damaged(self, files: Sequence[Mapping[str, Any]]) -> str | None:
        """The first of a manifest's files that is not as it says."""
        facts: Iterator[tuple[str, PartFacts]] = (
            (file["name"], {"bytes": file["bytes"], "sha256": file["sha256"]}) for file in files
        )
        return next((name for name, due in facts if not self._is_whole(name, due)), None)

    def finish(self, manifest: Mapping[str, Any], run: Mapping[str, Any]) -> None:
        atomic.write(self.output / RUN, canonical(dict(run)))
        atomic.write(self.output / MANIFEST, canonical(dict(manifest)))

    def clear(self) -> None:
        """Removes what only an unfinished run needs."""
        shutil.rmtree(self.work, ignore_errors=True)


@contextmanager
def opened(output: Path) -> Iterator[Workspace]:
    """The output's folder under a lock; where nothing is finished in it afterwards, it is as it was before.

    Raises: RiskModelError if it holds other files, cannot be written, or another run is at work.
    """
    if output.exists() and not _is_ours(output):
        raise RiskModelError(f"{output}: must be a new folder or an earlier output, however: it holds other files")
    try:
        with beside.way_to(output), _made(output), lock.held(output / WORK / "lock", output):
            space = Workspace(output)
            atomic.clear(output)
            try:
                yield space
            finally:
                if (output / MANIFEST).exists() or not any(space.work.glob("done-*.json")):
                    space.clear()
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _made(output: Path) -> Iterator[None]:
    """The folder, which vanishes again where it was new and stays empty."""
    existed = output.is_dir()
    output.mkdir(exist_ok=True)
    try:
        yield
    finally:
        if not existed:
            for folder in (output / QUARANTINE, output):
                with suppress(OSError):
                    folder.rmdir()


def _is_ours(output: Path) -> bool:
    if not output.is_dir():
        return False
    return (output / MANIFEST).is_file() or (output / WORK).is_dir() or not any(output.iterdir())


def _read(path: Path) -> dict[str, Any] | None:
    """What a power cut may leave, or a bad disk, says no more than what is not there."""
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _is_manifest(data: Mapping[str, Any]) -> bool:
    try:
        _LISTED.validate_python(data.get("parts"), strict=True)
    except ValidationError:
        return False
    return True


def _record(number: int) -> str:
    return f"done-{number:05d}.json"


def _record_of(path: Path) -> Written | None:
    """A part's record; None where it does not say what a record says, which costs that part alone."""
    try:
        part = _WRITTEN.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError):
        return None
    name = f"part-{part.number:05d}.parquet"
    known = {name, f"{QUARANTINE}/{name}"}
    return part if path.name == _record(part.number) and name in part.files and part.files.keys() <= known else None
