"""A TOML file becomes a strict model; what is wrong is refused by its path."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from riskmodel.config.policy import ReviewPolicy
from riskmodel.config.refusal import in_words
from riskmodel.config.run import Run
from riskmodel.errors import ConfigError

Settings = TypeVar("Settings", bound=BaseModel)


def read(path: Path) -> tuple[Run, str]:
    """The run that a TOML file describes, and the file's sha256. Raises: ConfigError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return parse(text, str(path)), hashlib.sha256(text).hexdigest()


def parse(text: bytes, name: str) -> Run:
    """The run that TOML text describes. Raises: ConfigError, with the path of every key that is wrong."""
    return _validated(Run, text, name)


def read_policy(path: Path) -> ReviewPolicy:
    """The policy that a TOML file states. Raises: ConfigError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return _validated(ReviewPolicy, text, str(path))


def _validated(kind: type[Settings], text: bytes, name: str) -> Settings:
    try:
        return kind.model_validate(tomllib.loads(text.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: not a TOML file: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{name}: {in_words(error, kind)}") from error


def schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of a run's TOML, for editors and checkers."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A run of riskmodel"}
    return {**Run.model_json_schema(), **head}
