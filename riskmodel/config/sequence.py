"""`[data.sequence]`: the months of each channel, and what must hold of them wherever they are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Channels = Mapping[str, Sequence[str]]  # the columns of each channel, the oldest month first
WHERE = "data.sequence"


def sequence_problem(sequence: Channels) -> str:
    """What is wrong with named months, in words; nothing where all is well."""
    owner: dict[str, str] = {}
    reference = next(iter(sequence), "")
    for channel, columns in sequence.items():
        if not columns:
            return f"{channel!r} must name a column, however: none"
        if len(columns) != (due := len(sequence[reference])):
            return f"{channel!r} must have as many months as {reference!r}, {due}, however: {len(columns)}"
        for column in columns:
            if column in owner:
                return f"a column must stand once, however: {column!r} is in {owner[column]!r} and in {channel!r}"
            owner[column] = channel
    return ""
