"""Kernels compiled once for a user and a processor: kept on disk where they may be, and compiled anew where not.

A file's name says what it was made from: the kernels' own text, numba's version, the processor. It is written beside
and renamed, so that processes share the folder without waiting, and it is not believed unless its checksum is right.
The folder is NUMBA_CACHE_DIR, XDG_CACHE_HOME or ~/.cache. Without any, or on a full disk, a kernel is compiled for this
process alone. No compiler is needed but numba's own.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock

from llvmlite import binding  # type: ignore[import-untyped]

from riskmodel.files import atomic
from riskmodel.trees.compiled.layout import ENTRY

Kernel = Callable[..., None]

_SOURCES = ("layout.py", "vectors.py", "kernels.py", "machine_code.py")
_SETTINGS = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT")
_DIGEST = hashlib.sha256().digest_size
_ONE_AT_A_TIME = Lock()
_ENGINES: list[binding.ExecutionEngine] = []  # a function is gone with its engine


@cache
def blocks() -> Kernel:
    """Scores 256 rows and more."""
    return _ready("blocks")


@cache
def one_by_one() -> Kernel:
    """Scores a few rows."""
    return _ready("one_by_one")


def _ready(name: str) -> Kernel:
    with _ONE_AT_A_TIME:
        place = _place(name)
        content = _kept(place)
        if content is not None:
            return _loaded(content)
        from riskmodel.trees.compiled import machine_code  # noqa: PLC0415 - starts numba

        try:
            content = machine_code.code(name)
        except machine_code.NotAlone:
            return machine_code.here(name)
        _keep(place, content)
        return _loaded(content)


def _place(name: str) -> Path | None:
    """Where the code of a kernel is kept; None where there is no folder of the user's own."""
    folder = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        root = Path(folder) if folder else Path.home() / ".cache"
    except RuntimeError:
        return None
    return root / "riskmodel" / f"{name}-{_made_from()}.o"


@cache
def _made_from() -> str:
    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update(hashlib.sha256(Path(__file__).with_name(source).read_bytes()).digest())
    settings = [os.environ.get(name) for name in _SETTINGS]
    processor = (binding.get_process_triple(), binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    libraries = (version("numba"), version("llvmlite"), object.__basicsize__)
    digest.update(repr((settings, processor, libraries)).encode())
    return digest.hexdigest()[:32]


def _kept(place: Path | None) -> bytes | None:
    if place is None:
        return None
    try:
        if not _ours(place.stat()):
            return None
        content = place.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST], content[_DIGEST:]
    return code if hashlib.sha256(code).digest() == digest else None


def _ours(file: os.stat_result) -> bool:
    """Whether only this user or root can have written it: it is run as it is, and a checksum proves no author."""
    return os.name != "posix" or (file.st_uid in (0, os.getuid()) and not file.st_mode & 0o022)


def _keep(place: Path | None, code: bytes) -> None:
    """Nothing is told where it cannot be kept: the next process compiles it again."""
    if place is None:
        return
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.write(place, hashlib.sha256(code).digest() + code, 0o600)


def _loaded(code: bytes) -> Kernel:
    """The function of an object file; without the interpreter's lock, so that threads run it side by side."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple().create_target_machine(jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target)
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _ENGINES.append(engine)
    array = ctypes.py_object
    kernel: Kernel = ctypes.CFUNCTYPE(None, array, array, ctypes.c_double, array, array, array)(
        engine.get_function_address(ENTRY)
    )
    return kernel
