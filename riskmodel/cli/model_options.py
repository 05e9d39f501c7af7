"""Options that say of a LightGBM or XGBoost file what the file lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from riskmodel.cli.options import PLACE
from riskmodel.errors import RiskModelError

if TYPE_CHECKING:
    from riskmodel.scorers import ModelSettings

Command = TypeVar("Command", bound=Callable[..., Any])

ROLES = ("champion", "challenger")
BAD = click.option("--bad", metavar="LEVEL", help="Value of a bad in the outcome, where it is not 0 and 1.")
MONOTONE = click.option(
    "--monotone",
    metavar="COL=1,COL=-1",
    help="1: more of it never lowers the PD; -1: never raises it.",
)
ALL_TREES = click.option(
    "--all-trees", is_flag=True, help="Use an early-stopped XGBoost model whole, not up to its best iteration."
)


LEVELS = click.option("--levels", type=PLACE, help="JSON: levels in code order, by column.")
MISSING = click.option("--missing", type=float, help="Number that XGBoost's wrapper was told to take for missing.")


def of_one(command: Command) -> Command:
    """The options of a command that opens one file."""
    return MISSING(ALL_TREES(LEVELS(command)))


def of_two(command: Command) -> Command:
    """The options of a command that opens a champion and a challenger; a value may name one of them."""
    for name, metavar, what in (
        ("--levels", "[ROLE=]FILE", "JSON: levels in code order, by column; ROLE is champion or challenger."),
        ("--missing", "[ROLE=]VALUE", "Number that XGBoost's wrapper was told to take for missing."),
    ):
        command = click.option(name, multiple=True, metavar=metavar, help=what)(command)
    return ALL_TREES(command)


def settings(missing: float | None, levels: Path | None, all_trees: bool, monotone: str | None = None) -> ModelSettings:
    """What the options of one file say. Raises: RiskModelError for a file or a text that cannot be read."""
    from riskmodel.scorers import ModelSettings

    return ModelSettings(_levels(levels) if levels else {}, _directions(monotone or ""), missing, all_trees)


def settings_of_two(missing: Sequence[str], levels: Sequence[str], all_trees: bool) -> dict[str, ModelSettings]:
    """The same by role. Raises: RiskModelError."""
    files = {role: Path(file) for role, file in _by_role("--levels", levels).items()}
    numbers = {role: _number(value) for role, value in _by_role("--missing", missing).items()}
    return {role: settings(numbers.get(role), files.get(role), all_trees) for role in ROLES}


def _by_role(option: str, values: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for value in values:
        role, equals, rest = value.partition("=")
        named = {role: rest} if equals and role in ROLES else dict.fromkeys(ROLES, value)
        if twice := sorted(given.keys() & named.keys()):
            raise RiskModelError(f"{option} must be given once for the {twice[0]}, however: twice")
        given |= named
    return given


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise RiskModelError(f"--missing must be a number, however: {text[:40]!r}") from error


def _directions(text: str) -> dict[str, int]:
    signs: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, sign = part.rpartition("=")
        if not name or sign not in ("1", "+1", "-1", "0") or name in signs:
            raise RiskModelError(f"--monotone must be COL=1 or COL=-1, each column once, however: {part[:40]!r}")
        signs[name] = int(sign)
    return signs


def _levels(path: Path) -> dict[str, list[Any]]:
    try:
        given = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RiskModelError(f"--levels: {path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RiskModelError(f"--levels: {path}: must be JSON, however: {str(error)[:100]}") from error
    lists = given.values() if isinstance(given, dict) else [None]
    if not all(isinstance(one, list) and all(isinstance(level, (str, int, float)) for level in one) for one in lists):
        raise RiskModelError(f"--levels: {path}: must give each column a list of texts or numbers in code order")
    levels: dict[str, list[Any]] = given
    return levels
