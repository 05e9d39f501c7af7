"""Every decision as one line of JSON: what was answered, when, by which model."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from riskmodel.errors import RiskModelError
from riskmodel.serving.decision import ApplicationDecision

Timed = tuple[float, ApplicationDecision]  # seconds since 1970, and what was answered then


@dataclass(frozen=True)
class DecisionLog:
    """A file that grows by a line a decision; values of the application itself are not written.

    It is opened for each batch of lines, so that it may be moved away and begins anew.
    """

    path: Path

    def check(self) -> None:
        """Before anything is served. Raises: RiskModelError for a file to which no line can be added."""
        try:
            self.path.open("ab").close()
        except OSError as error:
            raise RiskModelError(f"{self.path}: cannot be written: {error.strerror}") from error

    def write(self, decisions: Iterable[Timed]) -> None:
        """Adds their lines, all or none. Raises: OSError."""
        lines = "".join(_line(when, answer) for when, answer in decisions)
        with self.path.open("ab+", buffering=0) as file:
            size = file.tell()
            if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
                lines = "\n" + lines  # one that was cut off stays as it is
            rest = memoryview(lines.encode())
            try:
                while rest:
                    rest = rest[file.write(rest) :]
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise


def _line(when: float, answer: ApplicationDecision) -> str:
    time = datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": time, **answer.as_json}, allow_nan=False, separators=(",", ":")) + "\n"
