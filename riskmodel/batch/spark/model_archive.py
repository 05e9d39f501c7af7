"""The model on its way: one archive, sent once to each executor, verified whole before a library opens a file of it."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from riskmodel import bundle
from riskmodel.batch.chunk import Chunk
from riskmodel.bundle import Bundle
from riskmodel.errors import BundleError, RiskModelError

LIBRARIES = ("riskmodel", "numpy", "pyarrow", "scipy")

_opened: dict[str, Chunk] = {}  # in a Python worker, which serves many tasks


def packed(saved: Bundle) -> bytes:
    """The bundle as an archive, of the same bytes each time, so that a worker keeps the model from run to run.

    Raises: BundleError, where it cannot be read back.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bundle"
        bundle.save(saved, place)
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            for path in sorted(place.iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return whole.getvalue()


def chunk(content: Callable[[], bytes], sha256: str) -> Chunk:
    """The chunk of the archive with this checksum: made once in a process, by which time `content` is called.

    Raises: BundleError for another archive, or a bundle that is not whole.
    """
    if sha256 not in _opened:
        made = _made(content(), sha256)
        _opened.clear()  # a worker serves one model at a time
        _opened[sha256] = made
    return _opened[sha256]


def _made(content: bytes, sha256: str) -> Chunk:
    digest = sha256_of(content)
    if digest != sha256:
        raise BundleError(f"the model must be the one that was sent ({sha256[:12]}), however: {digest[:12]} came")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
        return Chunk.from_bundle(bundle.read(Path(folder)))


def sha256_of(content: bytes) -> str:
    """The checksum of an archive."""
    return hashlib.sha256(content).hexdigest()


def versions() -> dict[str, str]:
    """The libraries that decide what a row becomes."""
    return {name: version(name) for name in LIBRARIES}


def check_versions(due: dict[str, str]) -> None:
    """Raises: RiskModelError where this machine's libraries are not the driver's."""
    for name, installed in versions().items():
        if installed != due[name]:
            raise RiskModelError(f"a worker must have {name} {due[name]}, as the driver, however: {installed}")
