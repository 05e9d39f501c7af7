"""A folder for what a workflow reads and writes, of which its caller never hears."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from riskmodel.errors import RiskModelError


@contextmanager
def scratch(names: Mapping[str, str], columns: Mapping[str, str] | None = None) -> Iterator[Path]:
    """A folder that vanishes in the end.

    In an error its files go by `names`, what the caller gave, by their stems, and `columns` of its tables by theirs.
    """
    with TemporaryDirectory(prefix="riskmodel-") as place:
        try:
            yield Path(place)
        except RiskModelError as error:
            text = named(str(error), place, names)
            for column, given in (columns or {}).items():
                text = text.replace(repr(column), given)
            error.args = (text,)
            raise


def named(text: str, folder: str, names: Mapping[str, str]) -> str:
    """The same text, files of a folder by other names.

    Examples
    --------
    >>> named("/tmp/a/rows.parquet: the table has no rows", "/tmp/a", {"rows": "X"})
    'X: the table has no rows'
    """
    file = re.compile(re.escape(folder) + r"/(?P<stem>[\w-]+)(?:\.\w+)*")
    return file.sub(lambda match: names.get(match["stem"], match["stem"]), text)
