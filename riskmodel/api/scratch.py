"""A folder for what a workflow reads and writes, of which its caller never hears."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from riskmodel.errors import RiskModelError


@contextmanager
def scratch(names: Mapping[str, str]) -> Iterator[Path]:
    """A folder that vanishes in the end; in an error its files go by `names`, what the caller gave, by their stems."""
    with TemporaryDirectory(prefix="riskmodel-") as place:
        try:
            yield Path(place)
        except RiskModelError as error:
            error.args = (named(str(error), place, names),)
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
