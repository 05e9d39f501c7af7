"""What is being made next to its place, under a lock, and cleared away by the next run if its maker was killed.

.NAME.riskmodel-lock         held by the one who writes NAME
.NAME.riskmodel-new          the folder that will be NAME, or holds the files that go to their places together
.NAME.riskmodel-placing      names their places once they are on their way: the next run sees them through
.NAME.riskmodel-new-old      what stood there, between two renames
.NAME.riskmodel-spool        a copy of what could be read only once
.NAME.riskmodel-checkpoints  what a training can go on from: stays when it is stopped
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from riskmodel.errors import RiskModelError
from riskmodel.files import atomic, lock
from riskmodel.files.unbroken import unbroken

_MARK = ".riskmodel-"
_LOCK, _NEW, _PLACING, _SPOOL, CHECKPOINTS = "lock", "new", "placing", "spool", "checkpoints"
_MADE = re.compile(
    rf"\.(?P<name>[^/\s]+?){re.escape(_MARK)}(?:{_NEW}-old|{_NEW}|{_LOCK}|{_SPOOL}|{_PLACING})\b(?P<slash>/?)"
)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LONGEST = 200  # bytes of a name, so that the mark fits
_OURS: dict[Path, int] = {}  # what is owned now, by which process
_WRITTEN: set[Path] = set()  # outputs that this process has put in their places, whole


def hidden(place: Path, use: str) -> Path:
    """The hidden name next to a place. A name that is too long for a mark goes by its hash. Raises: RiskModelError."""
    place = Path(os.path.abspath(place))  # noqa: PTH100 - without .., and with its links
    name = place.name
    if not name:
        raise RiskModelError(f"{place}: must have a name, however: it is the root")
    if len(os.fsencode(name)) > _LONGEST:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return place.with_name(f".{name}{_MARK}{use}")


def by_its_place(text: str) -> str:
    """The same text, where what is being made goes by the name that it will have: users know no other.

    Examples
    --------
    >>> by_its_place("/a/.out.riskmodel-new/run.json: No space left on device")
    '/a/out/run.json: No space left on device'
    >>> by_its_place("/a/.model.riskmodel-new/model.html: No space left on device")
    '/a/model.html: No space left on device'
    """

    def place(match: re.Match[str]) -> str:
        name, slash = match["name"], match["slash"]
        return "" if slash and text.startswith(name, match.end()) else name + slash

    return _MADE.sub(place, text)


@contextmanager
def _by_their_places() -> Iterator[None]:
    """Who catches an error of what is being made reads the names that things will have, as a terminal shows them."""
    try:
        yield
    except RiskModelError as error:
        error.args = (by_its_place(str(error)),)
        raise
    except OSError as error:
        error.args = tuple(by_its_place(part) if isinstance(part, str) else part for part in error.args)
        if error.filename is not None:
            error.filename = by_its_place(str(error.filename))
        raise


@contextmanager
def _named_where_full(place: Path) -> Iterator[None]:
    """A write that finds no room does not say of which file it is."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _NO_ROOM:
            error.filename = str(place)
        raise


@contextmanager
def way_to(place: Path) -> Iterator[None]:
    """The folders on the way to a place: made, and removed again where nothing came to lie in them. Raises: OSError."""
    above = [folder for folder in place.parents if not folder.exists()]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for folder in above:
            with suppress(OSError):
                folder.rmdir()  # only where it is empty


def write(place: Path, content: bytes) -> None:
    """Puts `content` at `place`, and makes the folders on the way. Raises: OSError."""
    with way_to(place):
        atomic.write(place, content)


@contextmanager
def owned(place: Path) -> Iterator[None]:
    """Nobody else writes `place`; what killed runs have left beside it, or beside its neighbours, is cleared first.

    Raises: RiskModelError if another run is writing, OSError where nothing can be written.
    """
    with _by_their_places(), _named_where_full(place), way_to(place):
        _sweep(place.parent)
        with lock.held(hidden(place, _LOCK), place):
            _OURS[place] = os.getpid()
            try:
                _clear(place)
                yield
            finally:
                _clear(place)
                _OURS.pop(place, None)


@contextmanager
def folder(place: Path) -> Iterator[Path]:
    """A new folder that takes `place`, whole and synced, when all went well; else it vanishes and `place` is as it was.

    Raises: RiskModelError if another run is writing there, OSError.
    """
    with owned(place):
        made = hidden(place, _NEW)
        made.mkdir()
        yield made
        atomic.sync_tree(made)
        with _noted(place):
            atomic.swap(made, place)


@contextmanager
def spool(place: Path) -> Iterator[Path]:
    """A folder beside `place`, for this user's eyes alone, that vanishes in the end. Raises: as `folder`."""
    with owned(place):
        made = hidden(place, _SPOOL)
        made.mkdir(mode=0o700)
        yield made


@contextmanager
def together(*places: Path) -> Iterator[Path]:
    """A folder whose files go to their places, of the same names on one file system: all of them, or none.

    The last is the one that counts: where it is, the others are. Raises: as `folder`.
    """
    with owned(places[-1]):
        made = hidden(places[-1], _NEW)
        made.mkdir()
        yield made
        _placed(made, places[-1], places)


@contextmanager
def made_of(*places: Path) -> Iterator[Path]:
    """The same of those files that lie in the folder in the end. Raises: as `folder`."""
    with owned(places[-1]):
        made = hidden(places[-1], _NEW)
        made.mkdir()
        yield made
        _placed(made, places[-1], tuple(place for place in places if (made / place.name).exists()))


def written() -> tuple[Path, ...]:
    """Outputs that this process has put in their places, whole; not what is part of another one."""
    return tuple(sorted(_WRITTEN))


@contextmanager
def _noted(*places: Path) -> Iterator[None]:
    """No signal comes while they are put in their places."""
    with unbroken():
        yield
        if len(_OURS) == 1:  # else they lie in a folder that is still being made
            _WRITTEN.update(places)


def _placed(made: Path, owned_place: Path, places: tuple[Path, ...]) -> None:
    for place in places:
        atomic.sync(made / place.name)
    way, before = hidden(owned_place, _PLACING), made / f"{_MARK}before"
    before.mkdir()
    done: list[Path] = []
    with _noted(*places):
        try:
            for place in places:
                if place.exists():
                    _kept(place, before / place.name)
            atomic.write(before / _MARK, "\0".join(map(os.path.abspath, places)).encode())
            atomic.move(before / _MARK, way)
            for place in places:
                done.append(place)
                atomic.move(made / place.name, place)
        except BaseException:
            way.unlink(missing_ok=True)
            for place in reversed(done):
                _put_back(before / place.name, place, untouched=(made / place.name).exists())
            raise


def _see_through(made: Path, way: Path) -> None:
    """Files on their way when their maker was killed go to their places: all of them are whole, and synced."""
    for place in map(Path, way.read_text().split("\0") if way.is_file() else ()):
        if (made / place.name).is_file():
            atomic.move(made / place.name, place)
    way.unlink(missing_ok=True)


def _kept(place: Path, old: Path) -> None:
    try:
        os.link(place, old)
    except OSError:  # a file system without links
        shutil.copy2(place, old)


def _put_back(old: Path, place: Path, *, untouched: bool) -> None:
    if untouched:
        return
    if old.exists():
        old.replace(place)
    else:
        place.unlink(missing_ok=True)


def _sweep(parent: Path) -> None:
    """Clears what killed runs have left in a folder; what is none of this user's stays."""
    with suppress(OSError):
        for entry in list(os.scandir(parent)):
            if entry.name.startswith(".") and entry.name.endswith(_MARK + _LOCK):
                _clear_after(parent / entry.name)


def _clear_after(locked: Path) -> None:
    with suppress(OSError), lock.taken(locked) as free:
        if free:
            _clear(locked.with_name(locked.name.removesuffix(_MARK + _LOCK)[1:]))
            locked.unlink(missing_ok=True)


def _clear(place: Path) -> None:
    """Also brings back what stood at a place, or the rest of what was on its way, where a kill came between renames."""
    made = hidden(place, _NEW)
    _see_through(made, hidden(place, _PLACING))
    old = atomic.old_of(made)
    if old.exists() and not place.exists():
        old.rename(place)
    for path in (made, old, hidden(place, _SPOOL)):
        shutil.rmtree(path, ignore_errors=True)


@atexit.register
def _clear_all() -> None:
    """A signal may come between the making of a folder and the statement that would remove it."""
    for place, process in list(_OURS.items()):
        if process == os.getpid():
            _clear(place)
            hidden(place, _LOCK).unlink(missing_ok=True)
