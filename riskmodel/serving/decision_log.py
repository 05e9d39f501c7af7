"""Every decision as one line of JSON: what was answered, when, by which model."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from riskmodel.serving.decision import ApplicationDecision


@dataclass(frozen=True)
class DecisionLog:
    """A file that grows by a line a decision; values of the application itself are not written."""

    path: Path
    _lock: Any = field(default_factory=Lock, repr=False, compare=False)

    def write(self, answer: ApplicationDecision) -> None:
        """Adds one line. Raises: OSError."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, **answer.as_json}, allow_nan=False, separators=(",", ":"))
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
