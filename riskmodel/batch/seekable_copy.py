"""What can be read only once, from front to back, is first copied beside the output: standard input, gzipped CSV."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from riskmodel.errors import RiskModelError
from riskmodel.tables import in_one_line

STDIN = Path("-")
_GZIP = b"\x1f\x8b"
_BYTES = 1 << 20


@contextmanager
def seekable(source: Path, stdin: BinaryIO, beside: Path) -> Iterator[Path]:
    """The source, or a copy of it that can be read anywhere; the copy vanishes in the end. Raises: RiskModelError."""
    if source != STDIN and not _is_gzip(source):
        yield source
        return
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{beside.name}.", dir=beside.parent))
    except OSError as error:
        raise RiskModelError(f"{beside}: cannot be written: {error.strerror}") from error
    try:
        copy = folder / ("stdin" if source == STDIN else source.name.removesuffix(".gz"))
        with in_one_line(source):
            _copied(source, stdin, copy)
        yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_gzip(source: Path) -> bool:
    if source.is_dir():
        return False
    with in_one_line(source), source.open("rb") as file:
        return file.read(2) == _GZIP


def _copied(source: Path, stdin: BinaryIO, copy: Path) -> None:
    with copy.open("wb") as target:
        if source == STDIN:
            shutil.copyfileobj(stdin, target, _BYTES)
            target.flush()
            if not _is_gzip(copy):
                return
            packed = copy.rename(copy.with_name("stdin.gz"))
            with gzip.open(packed) as opened, copy.open("wb") as whole:
                shutil.copyfileobj(opened, whole, _BYTES)
            packed.unlink()
            return
        with gzip.open(source) as opened:
            shutil.copyfileobj(opened, target, _BYTES)
