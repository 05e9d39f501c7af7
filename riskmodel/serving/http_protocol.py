"""HTTP/1.1 connections that must say what they want in time: uvicorn waits for the head of a request for ever."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from riskmodel.serving.http_answer import HttpAnswer, as_problem
from riskmodel.serving.problem import RequestProblem

SECONDS = 10.0  # from the first byte, or the connection, to the end of a request's head
HEAD_BYTES = 65_536  # of a request's head


class TimedHead:
    """Before a protocol of uvicorn: answers 408 and closes where a head is not there in time, 431 where it is too long.

    The body has limits of its own.
    """

    seconds = SECONDS
    transport: Any
    loop: Any
    cycle: Any
    _late: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Starts to wait."""
        super().connection_made(transport)  # type: ignore[misc]
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Ends the wait once a request is under way."""
        super().data_received(data)  # type: ignore[misc]
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES:
            self._refuse(RequestProblem(431, f"the head of a request must have at most {HEAD_BYTES:,} bytes"))

    def on_response_complete(self) -> None:
        """Waits for the next request of the connection."""
        super().on_response_complete()  # type: ignore[misc]
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop()
        super().connection_lost(exc)  # type: ignore[misc]

    def _wait(self) -> None:
        self._stop()
        self._late = self.loop.call_later(self.seconds, self._give_up)

    def _stop(self) -> None:
        self._head_bytes = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._refuse(RequestProblem(408, f"the head of a request must have come within {self.seconds:g} seconds"))

    def _refuse(self, problem: RequestProblem) -> None:
        if not self.transport.is_closing():
            self.transport.write(_last_answer(as_problem(problem), problem))
            self.transport.close()


def _last_answer(answer: HttpAnswer, problem: RequestProblem) -> bytes:
    head = f"HTTP/1.1 {answer.status} {problem.as_json['title']}\r\ncontent-type: {answer.media_type}\r\n"
    return f"{head}content-length: {len(answer.content)}\r\nconnection: close\r\n\r\n".encode() + answer.content


class TimedProtocol(TimedHead, H11Protocol):
    """By h11, which is written in Python and always there."""


def fastest() -> type[asyncio.Protocol]:
    """The protocol by httptools (llhttp) where `riskmodel[fast]` is installed, which costs less than h11."""
    if find_spec("httptools") is None:
        return TimedProtocol
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol  # noqa: PLC0415 - need not be there

    class FastTimedProtocol(TimedHead, HttpToolsProtocol):
        pass

    return FastTimedProtocol
