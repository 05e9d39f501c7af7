"""What pydantic refuses, said in one line: the path of the first key that is wrong, and what is allowed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError


def in_words(error: ValidationError, kind: type[BaseModel]) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown key; allowed are {', '.join(_fields_at(kind, first['loc'][:-1]))}"
    if "keep" in first["loc"] and first["type"] in ("greater_than", "less_than_equal"):
        return f"{where}: keep must be in (0, 1], however: {first['input']}"
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input ").replace("should", "must")
    got = "" if first["type"] in ("value_error", "missing") else f", however: {first['input']!r}"
    return f"{where}: {message}{got}" if where else f"{message}{got}"


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    model: Any = kind
    for part in location:
        if isinstance(part, str):
            model = _inner_model(model.model_fields[part].annotation)
    return sorted(model.model_fields)


def _inner_model(annotation: Any) -> Any:
    arguments = getattr(annotation, "__args__", ())
    return _inner_model(arguments[0]) if arguments else annotation
