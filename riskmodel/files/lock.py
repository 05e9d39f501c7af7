"""One writer an output: the system holds the lock, and lets it go when the process ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from riskmodel.errors import RiskModelError

MOMENT = 0.5  # seconds: whoever looks for what a killed run has left holds its lock as long as that at most


@contextmanager
def held(path: Path, output: Path, patience: float = MOMENT) -> Iterator[None]:
    """Holds the lock on `output`, a file at `path`, and removes the file in the end.

    `patience` in seconds. Raises: RiskModelError if another run still has it, OSError where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout as error:
        raise RiskModelError(f"{output}: another run is writing here") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)  # while it is held: who waits for it sees that it is gone, and makes a new one
        lock.release()


@contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Holds the lock if nobody else does, and says whether it does; the file stays."""
    lock = FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
