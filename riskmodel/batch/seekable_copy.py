"""What can be read only once, from front to back, is first copied beside the output: standard input, gzipped CSV."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from riskmodel.errors import DataError, RiskModelError
from riskmodel.files.beside import spool
from riskmodel.tables import in_one_line

STDIN = Path("-")
_GZIP = b"\x1f\x8b"
_BYTES = 1 << 20
UNPACKED_BYTES = 64 << 30


@contextmanager
def seekable(source: Path, stdin: BinaryIO, output: Path, longest: int = UNPACKED_BYTES) -> Iterator[Path]:
    """The source, or a copy of it beside `output` that can be read anywhere; the copy vanishes in the end.

    Unpacked, a gzipped source may have `longest` bytes. Raises: RiskModelError.
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
            _copied(source, stdin, copy, longest)
        yield copy


def _is_gzip(source: Path) -> bool:
    if source.is_dir():
        return False
    with in_one_line(source), source.open("rb") as file:
        return file.read(2) == _GZIP


def _copied(source: Path, stdin: BinaryIO, copy: Path, longest: int) -> None:
    with copy.open("wb") as target:
        if source == STDIN:
            shutil.copyfileobj(stdin, target, _BYTES)
            target.flush()
            if not _is_gzip(copy):
                return
            packed = copy.rename(copy.with_name("stdin.gz"))
            with copy.open("wb") as whole:
                _unpack(source, packed, whole, longest)
            packed.unlink()
            return
        _unpack(source, source, target, longest)


def _unpack(source: Path, packed: Path, target: BinaryIO, longest: int) -> None:
    length = 0
    with gzip.open(packed) as opened:
        try:
            while block := opened.read(_BYTES):
                length += len(block)
                if length > longest:
                    raise DataError(
                        f"{source}: must unpack to at most {longest:,} bytes, however: it has more; "
                        "--max-unpacked-bytes allows more"
                    )
                target.write(block)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise DataError(f"{source}: is cut off or damaged: {error}") from error
