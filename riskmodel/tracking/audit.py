"""Who switched which model, when and why: a file that can only grow, each line bound to the one before by its hash.

A line that was changed, taken out or put in breaks the chain. Lines cut off at the end leave a chain whole, so that
MLflow holds the same lines as tags of the model: what it has, the file must have too.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from riskmodel.errors import RiskModelError, cause
from riskmodel.files import lock
from riskmodel.tracking.store import Store, sqlite_file

NAME = "riskmodel-audit.jsonl"
FIRST = "0" * 64  # what the first line names as the one before
PATIENCE = 10.0  # seconds for another switch to end
_TAG = "audit."

Entry = Mapping[str, Any]


def file_of(store: Store) -> Path:
    """Where the audit of a store lies: beside its SQLite file, or else in the current folder."""
    return (sqlite_file(store.uri) or Path()).parent / NAME


@dataclass(frozen=True)
class Audit:
    """The lines of one file, in the order in which they were written."""

    path: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """One switch at a time. Raises: RiskModelError if another is under way."""
        with lock.held(self.path.with_name(f".{self.path.name}.lock"), self.path, PATIENCE):
            yield

    def entries(self) -> list[Entry]:
        """All lines; none where there is no file. Raises: RiskModelError, naming the first line that is not whole."""
        if not self.path.exists():
            return []
        text = self.path.read_text("utf-8")
        if text and not text.endswith("\n"):
            raise RiskModelError(f"{self.path}: the last line is torn; the audit was changed or damaged")
        entries, before = [], FIRST
        for number, line in enumerate(text.splitlines(), start=1):
            entries.append(_verified(line, number, before, self.path))
            before = entries[-1]["sha256"]
        return entries

    def append(self, facts: Mapping[str, Any]) -> Entry:
        """Adds one line with its number, time, person and the hash of the line before. Call it while `held`.

        Raises: RiskModelError for an audit that is not whole, OSError.
        """
        entries = self.entries()
        entry = {
            **facts,
            "number": len(entries) + 1,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "who": _person(),
            "before_sha256": entries[-1]["sha256"] if entries else FIRST,
        }
        entry["sha256"] = _sha256(entry)
        _grow(self.path, (in_one_line(entry) + "\n").encode())
        return entry


def compared(audit: Audit, store: Store, model: str) -> None:
    """Holds the file to what MLflow has of a model, and tells MLflow the lines that it lacks.

    Raises: RiskModelError where MLflow has a line that the file has not.
    """
    lines = {f"{_TAG}{entry['number']:06d}": in_one_line(entry) for entry in audit.entries() if entry["model"] == model}
    known = {key: value for key, value in store.client.get_registered_model(model).tags.items() if key.startswith(_TAG)}
    if lost := sorted(key for key, value in known.items() if lines.get(key) != value):
        raise RiskModelError(f"{audit.path}: must have {model}'s {lost[0]} as MLflow has it, however: it has not")
    for key in sorted(lines.keys() - known.keys()):
        store.client.set_registered_model_tag(model, key, lines[key])


def in_one_line(entry: Entry) -> str:
    """An entry in its one spelling."""
    return json.dumps(dict(entry), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _verified(line: str, number: int, before: str, path: Path) -> Entry:
    try:
        entry: dict[str, Any] = json.loads(line)
        whole = entry["number"] == number and entry["before_sha256"] == before and entry["sha256"] == _sha256(entry)
        whole = whole and in_one_line(entry) == line and isinstance(entry["model"], str)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RiskModelError(f"{path}: line {number} is damaged: {cause(error)}") from error
    if not whole:
        raise RiskModelError(f"{path}: line {number} is not what was written; the audit was changed or damaged")
    return entry


def _sha256(entry: Entry) -> str:
    without = {key: value for key, value in entry.items() if key != "sha256"}
    return hashlib.sha256(in_one_line(without).encode()).hexdigest()


def _grow(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        if os.write(descriptor, line) != len(line):
            raise RiskModelError(f"{path}: the line could not be written whole; is the disk full?")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return f"uid {os.getuid()}"
