"""Where something may be read or written: plain files and folders of this machine, and no output among what is read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from riskmodel.errors import RiskModelError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def place(text: str) -> Path:
    """A path as a person wrote it. Raises: RiskModelError for what is none, in one line.

    To open a pipe would wait for its writer, and a device may never end.
    """
    if _SCHEME.match(text):
        raise RiskModelError(f"{text}: must be a path on this machine, however: an address; mount or fetch it first")
    if not text or "\0" in text:
        raise RiskModelError(f"{text!r}: must be a path, however: it {'has a NUL byte' if text else 'is empty'}")
    path = Path(text)
    try:
        odd = path.exists() and not (path.is_file() or path.is_dir())
    except OSError as error:
        raise RiskModelError(f"{text}: cannot be used: {error.strerror}") from error
    if odd:
        raise RiskModelError(f"{text}: must be a file or a folder, however: a pipe, a socket or a device")
    return path


def refuse_inside(output: Path, *sources: Path | None) -> None:
    """Raises: RiskModelError where the output would take the place of what is read, or lie in a folder of it.

    The next run would read it too.
    """
    for source in sources:
        if source is not None and source.is_dir() and _real(output).is_relative_to(_real(source)):
            raise RiskModelError(f"{output}: must lie outside of what is read, however: it is in {source}")
    refuse_same(output, *(source for source in sources if source is not None))


def refuse_same(output: Path, *sources: str | Path) -> None:
    """Raises: RiskModelError where the output would take the place of what it is made of."""
    for source in sources:
        if output.exists() and Path(source).exists() and output.samefile(source):
            raise RiskModelError(f"{output}: must be a new place, however: it is the input {source}")


def check_files(*outputs: Path) -> None:
    """Raises: RiskModelError where no file can come to lie. Folders on the way to it that are missing will be made."""
    for output in outputs:
        if output.is_dir():
            raise RiskModelError(f"{output}: must be a file, however: a folder has this name")
        nearest = next(folder for folder in output.absolute().parents if folder.exists())
        if not nearest.is_dir():
            raise RiskModelError(f"{output}: must be in a folder, however: {nearest} is a file")


def _real(path: Path) -> Path:
    """Without links; Path.resolve raises RuntimeError for a link to itself."""
    return Path(os.path.realpath(path))
