"""What messages may repeat of what stands in a table: nothing, unless `--show-values` or `show_values` allows it.

What is written for a reason with raw values in it, an id or a row that was set aside, says so in its own metadata.

Messages go to logs and tickets that more people read than may read applications. A line names the file, the line and
the column; whoever may see the value looks there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

MARK = b"riskmodel"  # the key of a Parquet file's metadata
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_RAW_RECORD = re.compile(r"(CSV parse error: Expected \d+ columns, got \d+):.*", re.DOTALL)
_allowed = False


def show_values(allowed: bool = True) -> None:
    """Lets messages of this process repeat values, or not."""
    global _allowed  # noqa: PLW0603 - one setting a process, as the bounds are
    _allowed = allowed


def shows_values() -> bool:
    """Whether messages of this process may repeat values."""
    return _allowed


def excerpt(value: object, letters: int = 60) -> str:
    """A value as a message may have it."""
    if _allowed:
        return repr(value[:letters] if isinstance(value, str | bytes) else value)
    kind = f"a text of {len(value)} letters" if isinstance(value, str | bytes) else "a value"
    return f"{kind} (--show-values shows it)"


def redacted(message: str) -> str:
    """What a library says, without what it quotes and without the record that it repeats."""
    return message if _allowed else _QUOTED.sub("'…'", _RAW_RECORD.sub(r"\1", message))


def marked(columns: Sequence[str], **facts: object) -> dict[bytes, bytes]:
    """The metadata of a Parquet file, of whose columns these hold values of applicants as they came."""
    return {MARK: json.dumps({**facts, "raw_values": list(columns)}, sort_keys=True).encode()}
