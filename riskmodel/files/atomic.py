"""What stands at a place is the old or the new, whole: also after a kill, a full disk or a power cut.

Content is synced before it is renamed, and the folder after: else a power cut may leave a name with nothing in it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

_BESIDE = ".riskmodel-"
_EXCHANGE, _HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of Linux
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)  # a file system that cannot sync a folder


def write(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Puts `content` at `path`, with the rights of `mode` that the umask leaves.

    Raises: OSError, with what stood there before as it was.
    """
    beside = path.with_name(f"{_BESIDE}{secrets.token_hex(8)}")
    try:
        _create(beside, content, mode)
        os.replace(beside, path)  # noqa: PTH105 - all system calls of this room go through os, where tests fail them
    except BaseException as error:
        _forget(beside)
        if isinstance(error, OSError):
            error.filename = str(path)  # the name beside it is nobody's but ours
        raise
    sync(path.parent)


def clear(folder: Path) -> None:
    """Removes what a killed writer of a file of this folder has left; nobody else may be writing there."""
    for left in folder.glob(f"{_BESIDE}*"):
        if left.is_file() and not left.is_symlink():
            _forget(left)


def move(made: Path, place: Path) -> None:
    """Syncs a finished file and renames it to its place on the same file system. Raises: OSError."""
    sync(made)
    os.replace(made, place)  # noqa: PTH105
    sync(place.parent)


def swap(made: Path, place: Path) -> None:
    """Syncs a finished folder and puts it at `place`; what stood there vanishes once the new one is in.

    Raises: OSError, with what stood there before as it was.
    """
    sync_tree(made)
    if not os.path.lexists(place):
        os.rename(made, place)  # noqa: PTH104
        sync(place.parent)
        return
    old = _exchange(made, place)
    sync(place.parent)
    shutil.rmtree(old, ignore_errors=True)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on disk. Raises: OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Waits until all files and names in a folder are on disk. Raises: OSError."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(place, name))
        sync(Path(place))


def old_of(made: Path) -> Path:
    """Where the old folder stands between two renames, on a file system that cannot exchange names."""
    return made.with_name(f"{made.name}-old")


def _exchange(made: Path, place: Path) -> Path:
    """Both names at once where the system can; returns where the old one is."""
    if _exchanged(made, place):
        return made
    old = old_of(made)
    os.rename(place, old)  # noqa: PTH104
    try:
        os.rename(made, place)  # noqa: PTH104
    except BaseException:
        os.rename(old, place)  # noqa: PTH104
        raise
    return old


def _exchanged(made: Path, place: Path) -> bool:
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if call(_HERE, os.fsencode(made), _HERE, os.fsencode(place), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(place))


def _create(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
