"""What pydantic refuses, said in one line: each key that is wrong by its path, and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

# By pydantic's name of the fault, in the words of a TOML; other faults in pydantic's own.
_ALLOWED = {
    "missing": "must be stated, however: it is missing",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "sequence_str": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "string_too_long": "must have at most {max_length} letters",
    "string_too_short": "must have at least {min_length} letters",
    "string_pattern_mismatch": "must be of the form {pattern}",
}


def in_words(error: ValidationError, kind: type[BaseModel]) -> str:
    """Every fault, in the order of the file's model."""
    return "; ".join(dict.fromkeys(_in_words(one, kind) for one in error.errors()))


def unknown(key: str, allowed: Sequence[str]) -> str:
    """What is said of a key that nobody knows, with the nearest that is known."""
    near = get_close_matches(key, allowed, 1)
    return f"unknown key; allowed are {', '.join(allowed) or 'none'}" + (f"; nearest is {near[0]}" if near else "")


def _in_words(one: Mapping[str, Any], kind: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in one["loc"])
    if one["type"] == "extra_forbidden":
        return f"{where}: {unknown(str(one['loc'][-1]), _fields_at(kind, one['loc'][:-1]))}"
    if "keep" in one["loc"] and one["type"] in ("greater_than", "less_than_equal"):
        return f"{where}: keep must be in (0, 1], however: {one['input']}"
    message, context = one["msg"].removeprefix("Value error, "), one.get("ctx", {})
    allowed = _ALLOWED.get(one["type"], message.removeprefix("Input ").replace("should", "must")).format(**context)
    got = "" if one["type"] in ("value_error", "missing") else f", however: {one['input']!r}"
    return f"{where}: {allowed}{got}" if where else f"{allowed}{got}"


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    inner: Any = kind
    for part in location:
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            inner = inner.model_fields[str(part)].annotation
        elif arguments := get_args(inner):  # a list's place, or the key of a table of tables
            inner = arguments[-1]
        if isinstance(inner, UnionType):
            inner = next(one for one in get_args(inner) if one is not NoneType)
    return sorted(inner.model_fields)
