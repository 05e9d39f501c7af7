"""`--job FILE`: the options of a command from a TOML, for a job that a timer starts; what the line says rules."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from riskmodel.cli.options import MODEL_PLACE, PLACE
from riskmodel.errors import ConfigError

THIS_MONTH = "this month"
TABLE = "review"


def job(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Makes the keys of `[review]` the defaults of the options of their names; paths are relative to the TOML.

    `since` may be "this month", its first day; `{since}` in `output` is that day. Raises: ConfigError.
    """
    if path is None:
        return
    options = {o.opts[0].removeprefix("--"): o for o in context.command.params if isinstance(o, click.Option)}
    given = _read(path)
    for key in given:
        if key not in options or key == "job":
            raise ConfigError(f"{path}: {key} is not an option of {context.info_name}, however: it is set")
    since = _day(given.get("since"))
    values = {key: _value(options[key], value, path.parent, since) for key, value in given.items()}
    if since:
        values["since"] = since
    context.default_map = {str(options[key].name): value for key, value in values.items()}


JOB = click.option(
    "--job",
    type=PLACE,
    is_eager=True,
    expose_value=False,
    callback=job,
    help="TOML whose [review] sets any of these options.",
)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: must be a TOML that can be read, however: {error}") from error
    if set(text) != {TABLE} or not isinstance(text[TABLE], dict):
        raise ConfigError(f"{path}: must have the table [{TABLE}] alone, however: {', '.join(text) or 'nothing'}")
    return text[TABLE]


def _day(since: object) -> str:
    if since == THIS_MONTH:
        return datetime.now(UTC).date().replace(day=1).isoformat()
    return "" if since is None else str(since)


def _value(option: click.Option, value: Any, folder: Path, since: str) -> Any:
    if isinstance(value, list):
        return [_value(option, one, folder, since) for one in value] if option.multiple else ",".join(map(str, value))
    if option.type in (PLACE, MODEL_PLACE) and not str(value).startswith(("models:", "runs:")):
        return str(folder / str(value).replace("{since}", since))
    return value
