"""What is done once an answer has gone: a line of the log, and what the challenger says. One thread, in batches.

A thread for each request would take the interpreter from the requests that come meanwhile; one that wakes twenty times
a second takes it for the work itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import sleep, time

from riskmodel.errors import DataError
from riskmodel.serving.body import Records
from riskmodel.serving.decision import ApplicationDecision, DecisionModel
from riskmodel.serving.decision_log import DecisionLog, Timed

PAUSE = 0.05  # seconds that answers gather for
AGAIN = 1.0  # seconds until a log that failed is tried again
MOST_WAITING = 100_000  # answers that the log could not take: no more are decided until it can


@dataclass(frozen=True, slots=True)
class Answered:
    """One request, as it was answered."""

    when: float
    rows: Records
    answers: list[ApplicationDecision]
    shadow: DecisionModel | None


class AfterAnswer:
    """Takes what was answered, and returns at once. What cannot be written is kept, and tried again."""

    def __init__(self, log: DecisionLog | None, count: Callable[[str], None]) -> None:
        """`count` is told of each application whether the challenger decides it the same: same, differs, refused."""
        self._log, self._count = log, count
        self._queue: SimpleQueue[Answered | None] = SimpleQueue()
        self._unwritten: list[Timed] = []
        self._thread: Thread | None = None
        self._lock = Lock()
        self.fault = ""  # why the log cannot be written now

    def put(self, rows: Records, answers: list[ApplicationDecision], shadow: DecisionModel | None) -> None:
        """Leaves an answered request to the thread; there is none where there is nothing to do."""
        if self._log is None and shadow is None:
            return
        if self._thread is None:
            self._start()
        self._queue.put(Answered(time(), rows, answers, shadow))

    @property
    def is_full(self) -> bool:
        """Whether the log has fallen so far behind that nothing more should be decided."""
        return self._queue.qsize() + len(self._unwritten) >= MOST_WAITING

    def close(self) -> None:
        """Returns once all is written and counted; another `put` starts it again."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()
        if self._unwritten:
            _tell(f"{len(self._unwritten)} decisions are not in the log: {self.fault}")

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        ends = False
        while not ends:
            batch = self._gathered()
            ends = None in batch
            self._work([each for each in batch if each is not None])

    def _gathered(self) -> list[Answered | None]:
        """Waits for an answer and those that come soon after it; for a second where lines are to be tried again."""
        try:
            first = self._queue.get(timeout=AGAIN if self._unwritten else None)
        except Empty:
            return []
        if first is not None:
            sleep(PAUSE)
        return [first, *self._waiting()]

    def _waiting(self) -> Iterator[Answered | None]:
        while True:
            try:
                yield self._queue.get_nowait()
            except Empty:
                return

    def _work(self, batch: list[Answered]) -> None:
        if self._log is not None:
            self._unwritten += [(each.when, answer) for each in batch for answer in each.answers]
            self._write(self._log)
        for model in dict.fromkeys(each.shadow for each in batch if each.shadow is not None):
            of_model = [each for each in batch if each.shadow is model]
            rows, answers = [row for each in of_model for row in each.rows], [a for e in of_model for a in e.answers]
            self._compare(model, rows, answers)

    def _write(self, log: DecisionLog) -> None:
        try:
            log.write(self._unwritten)
        except OSError as error:
            if not self.fault:
                _tell(f"{log.path}: the log cannot be written, decisions wait: {error.strerror}")
            self.fault = str(error.strerror)
        else:
            self._unwritten.clear()
            self.fault = ""

    def _compare(self, model: DecisionModel, rows: Records, answers: list[ApplicationDecision]) -> None:
        for answer, decision in zip(answers, model.decisions(rows), strict=True):
            refused = isinstance(decision, DataError)
            self._count("refused" if refused else "same" if decision == answer.decision else "differs")


def _tell(line: str) -> None:
    print(f"riskmodel: {line}", file=sys.stderr, flush=True)  # noqa: T201 - a service has no other voice
