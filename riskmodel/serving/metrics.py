"""Counts and times since the start, in Prometheus' text format (version 0.0.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

EDGES = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)  # seconds a request
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What one process has answered."""

    def __init__(self) -> None:
        self._statuses: Counter[int] = Counter()
        self._decisions: Counter[str] = Counter()
        self._shadow: Counter[str] = Counter()
        self._times = [0] * (len(EDGES) + 1)
        self._seconds = 0.0

    def request(self, status: int, seconds: float) -> None:
        """Counts one request to /decide."""
        self._statuses[status] += 1
        self._times[bisect_left(EDGES, seconds)] += 1
        self._seconds += seconds

    def decision(self, decision: str | None) -> None:
        """Counts one application; None is one that the rules set aside."""
        self._decisions[decision or "aside"] += 1

    def shadow(self, outcome: str) -> None:
        """Counts one application that the challenger has scored too: same, differs, refused."""
        self._shadow[outcome] += 1

    def text(self, model_sha256: str) -> str:
        """All of it, as Prometheus reads it, with the hash of the model that answers now."""
        return "\n".join([*self._lines(model_sha256), ""])

    def _lines(self, model_sha256: str) -> Iterator[str]:
        yield "# TYPE riskmodel_model_info gauge"
        yield f'riskmodel_model_info{{sha256="{model_sha256}"}} 1'
        for name, label, counts in (
            ("riskmodel_requests_total", "status", self._statuses),
            ("riskmodel_decisions_total", "decision", self._decisions),
            ("riskmodel_shadow_total", "outcome", self._shadow),
        ):
            yield f"# TYPE {name} counter"
            yield from (f'{name}{{{label}="{key}"}} {count}' for key, count in sorted(counts.items()))
        yield "# TYPE riskmodel_request_seconds histogram"
        below = 0
        for edge, count in zip((*(f"{edge:g}" for edge in EDGES), "+Inf"), self._times, strict=True):
            below += count
            yield f'riskmodel_request_seconds_bucket{{le="{edge}"}} {below}'
        yield f"riskmodel_request_seconds_sum {self._seconds:.9f}"
        yield f"riskmodel_request_seconds_count {below}"
