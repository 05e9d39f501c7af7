"""Writes the answer to a leak into a run's TOML, so that a person's comments and order stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit.items import AbstractTable, Array

from riskmodel import config
from riskmodel.datasets import leakage
from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.files import atomic
from riskmodel.workflows.check import Checked


def drop(toml: Path, checked: Checked) -> tuple[str, ...]:
    """Names in data.ignore what training waits for and can do without; the names. Raises: RiskModelError."""
    data = checked.run.data
    waiting = dict.fromkeys(suspect.column for suspect in checked.unanswered)
    names = tuple(name for name in waiting if leakage.can_drop(name, data))
    if names:
        text = ignoring(toml.read_text("utf-8"), names)
        config.parse(text.encode(), str(toml))
        try:
            atomic.write(toml, text.encode())
        except OSError as error:
            raise RiskModelError(f"{toml}: cannot be written: {error.strerror}") from error
    return names


def ignoring(text: str, names: Sequence[str]) -> str:
    """The TOML with the names in data.ignore as well; all else to the byte. Raises: ConfigError."""
    document = tomlkit.parse(text)
    data = document.get("data")
    if not isinstance(data, AbstractTable):
        raise ConfigError("data: must be a table")
    ignore = data.get("ignore")
    if not isinstance(ignore, Array):
        ignore = tomlkit.array()
        data["ignore"] = ignore
    in_lines = "\n" in ignore.as_string()
    for name in names:
        if in_lines:
            ignore.add_line(name, indent="    ")
        else:
            ignore.append(name)
    return tomlkit.dumps(document)
