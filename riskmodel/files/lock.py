"""One run an output: the system holds the lock, and lets it go when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from riskmodel.errors import RiskModelError


@contextmanager
def held(path: Path, output: Path) -> Iterator[None]:
    """Holds the lock on `output`, a file at `path`. Raises: RiskModelError if another run has it."""
    descriptor = _locked(path, output)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(path: Path, output: Path) -> int:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                raise RiskModelError(f"{output}: another run is writing here") from error
            raise
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # the run before removed its folder between our two calls


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
