"""The service: decisions over HTTP, with its health, metrics and OpenAPI document. An ASGI application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from riskmodel.serving import openapi
from riskmodel.serving.after_answer import AfterAnswer
from riskmodel.serving.body import Limits
from riskmodel.serving.decide_route import DecideRoute, Receive, Scope, Send, authorise
from riskmodel.serving.decision_log import DecisionLog
from riskmodel.serving.http_answer import HttpAnswer, as_json, as_problem
from riskmodel.serving.metrics import MEDIA_TYPE, Metrics
from riskmodel.serving.problem import RequestProblem
from riskmodel.serving.shelf import Shelf
from riskmodel.serving.slot import Slot


@dataclass(frozen=True, eq=False)
class Service:
    """A model behind HTTP; the challenger, if there is one, scores beside it, after the answer has gone.

    The model may be exchanged while requests are answered: each is answered by one model from its start to its end.
    """

    slot: Slot
    challenger: Slot | None = None
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    token: str | None = None  # that every request but for health must bear
    log: DecisionLog | None = None
    shelf: Shelf = Shelf({})  # noqa: RUF009 - without a product it never changes
    metrics: Metrics = field(init=False)
    after: AfterAnswer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", Metrics())
        object.__setattr__(self, "after", AfterAnswer(self.log, self.metrics.shadow))

    def close(self) -> None:
        """Returns once all that was answered is in the log, and compared with the challenger."""
        self.after.close()

    @property
    def app(self) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        """The ASGI application."""
        decide = DecideRoute(self.slot, self.challenger, self.shelf, self.limits, self.token, self.metrics, self.after)
        others = Starlette(
            routes=[
                Route("/decide", decide, methods=["POST"]),
                Route("/products", self._guarded(lambda: as_json({"products": self.shelf.names()}))),
                Route("/products/{product}/decide", decide, methods=["POST"]),
                Route("/healthz", _open(lambda: as_json({"status": "ok"}))),
                Route("/readyz", _open(self._ready)),
                Route("/metrics", self._guarded(self._metrics)),
                Route("/openapi.json", self._guarded(self._document)),
            ],
            exception_handlers={RequestProblem: _problem, HTTPException: _http_error},
        )

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            is_decide = scope["type"] == "http" and scope["path"] == "/decide" and scope["method"] == "POST"
            await (decide if is_decide else others)(scope, receive, send)

        return app

    @property
    def _sha256(self) -> str:
        return self.slot.model.model_sha256

    def _ready(self) -> HttpAnswer:
        if self.after.fault:
            return as_problem(RequestProblem(503, f"the log of decisions cannot be written: {self.after.fault}"))
        return as_json({"status": "ready", "model_sha256": self._sha256})

    def _metrics(self) -> HttpAnswer:
        return HttpAnswer(200, self.metrics.text(self._sha256).encode(), MEDIA_TYPE)

    def _document(self) -> HttpAnswer:
        model = self.slot.model
        return as_json(openapi.document(model.features, model.rules, model.id_column, self.limits))

    def _guarded(self, answer: Callable[[], HttpAnswer]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            authorise(self.token, request.headers.get("authorization", "").encode("latin-1"))
            return _response(answer())

        return endpoint


def _open(answer: Callable[[], HttpAnswer]) -> Callable[[Request], Awaitable[Response]]:
    """For everybody, token or not."""

    async def endpoint(_: Request) -> Response:
        return _response(answer())

    return endpoint


def _response(answer: HttpAnswer) -> Response:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.content, answer.status, headers, answer.media_type)


def _problem(_: Request, problem: Any) -> Response:
    return _response(as_problem(problem))


def _http_error(_: Request, error: Any) -> Response:
    """No such path, or no such method."""
    return _response(as_problem(RequestProblem(error.status_code, str(error.detail))))
