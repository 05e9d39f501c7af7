"""What every reader says alike: errors of other libraries in one line, and names that cannot be told apart."""

from __future__ import annotations

import csv
import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias

import pyarrow as pa

from riskmodel import limits, privacy
from riskmodel.errors import DataError

if TYPE_CHECKING:
    from _csv import Reader

    CsvReader: TypeAlias = Reader

LONGEST = 60  # of a column's name that a message repeats


@contextmanager
def in_one_line(path: Path | str) -> Iterator[None]:
    """Turns what a library says of a file into one line that names it. Raises: DataError."""
    try:
        yield
    except (OSError, ValueError, OverflowError, TypeError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split("\n")[0].split())
        reason = privacy.redacted(reason or type(error).__name__)
        raise DataError(f"{path}: cannot be read: {reason[:200]}") from error


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """The bytes of a file. Raises: DataError for anything else: to open a pipe would wait for a writer."""
    with in_one_line(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            raise DataError(f"{path}: must be a file or a folder, however: neither")
        with path.open("rb") as file:
            yield file


def records(text: TextIO, delimiter: str, *, strict: bool = False) -> CsvReader:
    """Python's reader of CSV, which has a bound of its own for a field, and one for the whole process."""
    csv.field_size_limit(limits.of("record_bytes"))
    return csv.reader(text, delimiter=delimiter, strict=strict)


def check_names(path: Path | str, names: Sequence[str]) -> None:
    """Raises: DataError for a table without columns, two columns of one name, too many, or a name that is too long."""
    if not names:
        raise DataError(f"{path}: the table has no columns")
    limits.check("columns", len(names), path, DataError)
    limits.check("name_letters", max(map(len, names)), f"{path}: the header", DataError)
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError(f"{path}: column names must differ, however: {_quoted(twice[0])} stands twice")


def near(name: str, names: Sequence[str]) -> str:
    """What a mistyped column name may have meant, or else the first columns that there are."""
    lower = {str(other).lower(): str(other) for other in names}
    if matches := difflib.get_close_matches(name.lower(), lower, n=3):
        return f"did you mean {', '.join(_quoted(lower[match]) for match in matches)}?"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"the columns are {', '.join(_quoted(other) for other in names[:5])}{more}"


def _quoted(name: str) -> str:
    """A name that a stray quote has made of half the file would fill the screen."""
    return repr(name if len(name) <= LONGEST else f"{name[:LONGEST]}…")
