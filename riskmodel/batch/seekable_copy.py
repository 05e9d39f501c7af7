"""What can be read only once, from front to back, is first copied beside the output: standard input, gzipped CSV."""

from __future__ import annotations

import gzip
import os
import select
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from riskmodel import limits
from riskmodel.errors import DataError, RiskModelError
from riskmodel.files.beside import spool
from riskmodel.tables import in_one_line

STDIN = Path("-")
_GZIP = b"\x1f\x8b"
_BYTES = 1 << 20


@contextmanager
def seekable(source: Path, stdin: BinaryIO, output: Path, longest: int | None = None) -> Iterator[Path]:
    """The source, or a copy of it beside `output` that can be read anywhere; the copy vanishes in the end.

    Unpacked, a gzipped source may have `longest` bytes, None for the usual limit. Raises: RiskModelError.
    """
    if source != STDIN and not _is_gzip(source):
        yield source
        return
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(spool(output))
        except OSError as error:
            raise RiskModelError(f"{output}: cannot be written: {error.strerror}") from error
        copy = folder / ("stdin" if source == STDIN else source.name.removesuffix(".gz"))
        with in_one_line(source):
            _copied(source, stdin, copy, longest or limits.of("unpacked_bytes"))
        yield copy


def _is_gzip(source: Path) -> bool:
    if source.is_dir():
        return False
    with in_one_line(source), source.open("rb") as file:
        return file.read(2) == _GZIP


def _copied(source: Path, stdin: BinaryIO, copy: Path, longest: int) -> None:
    with copy.open("wb") as target:
        if source == STDIN:
            for block in _blocks(stdin):
                target.write(block)
            target.flush()
            if not _is_gzip(copy):
                return
            packed = copy.rename(copy.with_name("stdin.gz"))
            with copy.open("wb") as whole:
                _unpack(source, packed, whole, longest)
            packed.unlink()
            return
        _unpack(source, source, target, longest)


def _blocks(stdin: BinaryIO) -> Iterator[bytes]:
    """What comes, as it comes; a signal that arrives just before a read is heeded within a second all the same."""
    try:
        descriptor = stdin.fileno()
    except OSError:  # a stream in memory
        yield from iter(lambda: stdin.read(_BYTES), b"")
        return
    while True:
        if select.select([descriptor], [], [], 1.0)[0]:
            block = os.read(descriptor, _BYTES)
            if not block:
                return
            yield block


def _unpack(source: Path, packed: Path, target: BinaryIO, longest: int) -> None:
    length = 0
    with gzip.open(packed) as opened:
        try:
            while block := opened.read(_BYTES):
                length += len(block)
                if length > longest:
                    raise DataError(
                        f"{source}: must unpack to at most {longest:,} bytes, however: it has more; "
                        "--limit unpacked_bytes=N allows more"
                    )
                target.write(block)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"{source}: is cut off or damaged: {error}") from error
