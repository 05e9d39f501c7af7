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
from pathlib import Path
from typing import Any

from riskmodel.batch.input_manifest import sha256_of
from riskmodel.batch.writer import QUARANTINE, Written
from riskmodel.core import canonical
from riskmodel.errors import DataError, RiskModelError
from riskmodel.files import lock

MANIFEST = "manifest.json"
RUN = "run.json"
WORK = ".scoring"


@dataclass(frozen=True)
class Workspace:
    """The folder of one output, locked."""

    output: Path

    @property
    def work(self) -> Path:
        return self.output / WORK

    @property
    def manifest(self) -> dict[str, Any] | None:
        """Of a finished output."""
        return _read(self.output / MANIFEST)

    def read(self, name: str) -> dict[str, Any]:
        """A file of a finished output. Raises: RiskModelError."""
        if (found := _read(self.output / name)) is None:
            raise RiskModelError(f"{self.output / name}: is missing; remove the output")
        return found

    @property
    def identity(self) -> dict[str, Any] | None:
        """What the unfinished run is about: model, policy and input."""
        return _read(self.work / "identity.json")

    def begin(self, identity: Mapping[str, Any]) -> None:
        _put(self.work / "identity.json", canonical(dict(identity)))

    def publish(self, part: Written) -> None:
        """Moves a part from `work` to its place, and then says so."""
        for name in reversed(part.files):
            (self.output / name).parent.mkdir(exist_ok=True)
            if (self.work / name).exists():  # else an interrupt came between the move and the record
                (self.work / name).replace(self.output / name)
        _put(self.work / _record(part.number), canonical(part.to_data()))

    def finished(self) -> dict[int, Written]:
        """The parts that are as their records say, by number; a part that is not is written again."""
        found = {}
        for path in sorted(self.work.glob("done-*.json")):
            data = _read(path)
            if data is not None and all(self._is_whole(name, told) for name, told in data["files"].items()):
                found[data["number"]] = Written(**data)
        return found

    def _is_whole(self, name: str, told: Mapping[str, Any]) -> bool:
        path = self.output / name
        return path.is_file() and path.stat().st_size == told["bytes"] and sha256_of(path) == told["sha256"]

    def damaged(self, files: Sequence[Mapping[str, Any]]) -> str | None:
        """The first of a manifest's files that is not as it says."""
        return next((str(told["name"]) for told in files if not self._is_whole(told["name"], told)), None)

    def finish(self, manifest: Mapping[str, Any], run: Mapping[str, Any]) -> None:
        _put(self.output / RUN, canonical(dict(run)))
        _put(self.output / MANIFEST, canonical(dict(manifest)))

    def clear(self) -> None:
        """Removes what only an unfinished run needs."""
        shutil.rmtree(self.work, ignore_errors=True)


@contextmanager
def opened(output: Path) -> Iterator[Workspace]:
    """The output's folder under a lock; where nothing is finished in it afterwards, it is as it was before.

    Raises: RiskModelError if it holds other files, cannot be written, or another run is at work.
    """
    existed = output.is_dir()
    if output.exists() and not _is_ours(output):
        raise RiskModelError(f"{output}: must be a new folder or an earlier output, however: it holds other files")
    try:
        output.mkdir(parents=True, exist_ok=True)
        with lock.held(output / WORK / "lock", output):
            space = Workspace(output)
            try:
                yield space
            finally:
                if (output / MANIFEST).exists() or not any(space.work.glob("done-*.json")):
                    space.clear()
    except OSError as error:
        raise RiskModelError(f"{output}: cannot be written: {error.strerror or error}") from error
    finally:
        if not existed:
            with suppress(OSError):
                (output / QUARANTINE).rmdir()
            with suppress(OSError):
                output.rmdir()  # only where it is empty


def _is_ours(output: Path) -> bool:
    if not output.is_dir():
        return False
    return (output / MANIFEST).is_file() or (output / WORK).is_dir() or not any(output.iterdir())


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DataError(f"{path}: is damaged: {error}") from error
    return data


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _record(number: int) -> str:
    return f"done-{number:05d}.json"
