"""The body of a request: JSON within limits, as one record or several."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, NoReturn

from riskmodel.serving.problem import RequestProblem

Records = list[Mapping[str, Any]]
_INFINITE = (math.inf, -math.inf)  # what 1e999 is read as


@dataclass(frozen=True)
class Limits:
    """What one request may ask for."""

    body_bytes: int = 1 << 20
    rows: int = 1000
    seconds: float = 5.0  # that the body may take to come


class Disconnected(Exception):
    """The client has gone before its request was whole."""


async def read(receive: Callable[[], Awaitable[MutableMapping[str, Any]]], limits: Limits) -> bytes:
    """All bytes of a body, as an ASGI server hands them over.

    Raises: RequestProblem where there are too many, or they do not come in time; Disconnected.
    """
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(limits.seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                part, more = message.get("body", b""), message.get("more_body", False)
                size += len(part)
                if size > limits.body_bytes:
                    raise RequestProblem(413, f"the body must have at most {limits.body_bytes} bytes")
                parts.append(part)
    except TimeoutError as error:
        raise RequestProblem(408, f"the body must have come within {limits.seconds:g} seconds") from error
    return b"".join(parts)


def records(body: bytes, limits: Limits) -> tuple[Records, bool]:
    """The records of a body, and whether it was a list of them.

    Raises: RequestProblem where it is not JSON, says a name twice, has too many records, or a value that is itself a
    list or an object.
    """
    try:
        whole = json.loads(body.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except RecursionError as error:
        raise RequestProblem(400, "the body must not be nested that deeply") from error
    except ValueError as error:
        raise RequestProblem(400, f"the body must be JSON, however: {str(error)[:200]}") from error
    several = isinstance(whole, list)
    rows = whole if several else [whole]
    if len(rows) > limits.rows:
        raise RequestProblem(413, f"a request must have at most {limits.rows} applications, however: {len(rows)}")
    for place, row in enumerate(rows):
        _check(row, f"application {place}" if several else "the body")
    return rows, several


def _check(row: Any, name: str) -> None:
    if not isinstance(row, dict):
        raise RequestProblem(422, f"{name} must be an object of values by column")
    for column, value in row.items():
        if isinstance(value, (dict, list)):
            raise RequestProblem(422, f"{name}, column {column[:60]!r}: must be a number, text, true, false or null")
        if value in _INFINITE:
            raise RequestProblem(422, f"{name}, column {column[:60]!r}: must be a finite number")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON; null is missing")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)[:60]!r} stands twice")
    return row
