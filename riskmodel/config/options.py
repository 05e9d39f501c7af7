"""Options of a scorer, a pruner or a compressor: a TOML table becomes its frozen dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from riskmodel.config.refusal import in_words, unknown
from riskmodel.errors import ConfigError

Built = TypeVar("Built")


def built(kind: type[Built], options: Mapping[str, Any], where: str) -> Built:
    """A frozen dataclass from a TOML table. Raises: ConfigError, with `where` and the key that is wrong."""
    allowed = get_type_hints(kind, include_extras=True)
    allowed = {field.name: allowed[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    if strange := sorted(set(options) - set(allowed)):
        raise ConfigError("; ".join(f"{where}.{key}: {unknown(key, list(allowed))}" for key in strange))
    return kind(**{name: _checked(allowed[name], value, f"{where}.{name}") for name, value in options.items()})


def _checked(hint: Any, value: Any, where: str) -> Any:
    try:
        return TypeAdapter(hint).validate_python(value, strict=True)
    except ValidationError as error:
        raise ConfigError(f"{where}: {in_words(error, BaseModel)}") from error
