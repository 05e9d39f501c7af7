"""What goes back over HTTP: a status, a content and its type; JSON without NaN, problems by RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from riskmodel.serving.problem import MEDIA_TYPE as PROBLEM
from riskmodel.serving.problem import RequestProblem

JSON = "application/json"
_encoded = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer."""

    status: int
    content: bytes
    media_type: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def sent(self, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        """Hands it to an ASGI server."""
        head = [(b"content-length", b"%d" % len(self.content)), (b"content-type", self.media_type.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": [*head, *self.headers]})
        await send({"type": "http.response.body", "body": self.content})


def as_json(content: Any, status: int = 200, media_type: str = JSON) -> HttpAnswer:
    """An answer of plain values. Raises: ValueError for NaN."""
    return HttpAnswer(status, _encoded(content).encode("utf-8", "replace"), media_type)


def as_problem(problem: RequestProblem) -> HttpAnswer:
    """An answer that says what went wrong."""
    answer = as_json(problem.as_json, problem.status, PROBLEM)
    bearer = ((b"www-authenticate", b"Bearer"),) if problem.status == 401 else ()
    return HttpAnswer(answer.status, answer.content, answer.media_type, bearer)
