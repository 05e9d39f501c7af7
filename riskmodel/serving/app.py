"""The service: decisions over HTTP, with its health, metrics and OpenAPI document. An ASGI application."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.serving import body, openapi
from riskmodel.serving.body import Limits, Records
from riskmodel.serving.decision import ApplicationDecision, DecisionModel
from riskmodel.serving.decision_log import DecisionLog
from riskmodel.serving.metrics import MEDIA_TYPE, Metrics
from riskmodel.serving.problem import MEDIA_TYPE as PROBLEM
from riskmodel.serving.problem import RequestProblem
from riskmodel.serving.shelf import Shelf
from riskmodel.serving.slot import Slot

AT_ONCE = 20  # applications that are decided without handing them to a thread: a millisecond or two
Answers = list[ApplicationDecision]


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

    def __post_init__(self) -> None:
        object.__setattr__(self, "metrics", Metrics())

    @property
    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/decide", self._decide, methods=["POST"]),
                Route("/products", self._guarded(lambda: _json({"products": self.shelf.names()}))),
                Route("/products/{product}/decide", self._decide, methods=["POST"]),
                Route("/healthz", _open(lambda: _json({"status": "ok"}))),
                Route("/readyz", _open(lambda: _json({"status": "ready", "model_sha256": self._sha256}))),
                Route("/metrics", self._guarded(self._metrics)),
                Route("/openapi.json", self._guarded(self._document)),
            ],
            exception_handlers={RequestProblem: _problem, HTTPException: _http_error, Exception: _bug},
        )

    @property
    def _sha256(self) -> str:
        return self.slot.model.model_sha256

    def _metrics(self) -> Response:
        return PlainTextResponse(self.metrics.text(self._sha256), media_type=MEDIA_TYPE)

    def _document(self) -> Response:
        model = self.slot.model
        return _json(openapi.document(model.features, model.rules, model.id_column, self.limits))

    async def _decide(self, request: Request) -> Response:
        start = perf_counter()
        try:
            response = await self._answered(request)
        except RequestProblem as problem:
            response = _problem(request, problem)
        except ClientDisconnect:
            response = Response(status_code=400)
        self.metrics.request(response.status_code, perf_counter() - start)
        return response

    async def _answered(self, request: Request) -> Response:
        self._authorise(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise RequestProblem(415, f"the content type must be application/json, however: {kind[:60] or 'none'}")
        wanted = _wants_counterfactuals(request)
        rows, several = body.records(await body.read(request.stream(), self.limits), self.limits)
        product = request.path_params.get("product")
        model = self.slot.model if product is None else await self._of_product(product)
        work = partial(_answers, model, rows, several=several, counterfactuals=wanted)
        answers = work() if len(rows) <= AT_ONCE and not wanted else await run_in_threadpool(work)
        for answer in answers:
            self.metrics.decision(answer.decision)
        said = [answer.as_json for answer in answers]
        shadow = self.challenger.model if self.challenger and product is None else None
        after = BackgroundTask(self._after, rows, answers, shadow) if shadow or self.log else None
        return _json(said if several else said[0], background=after)

    async def _of_product(self, name: str) -> DecisionModel:
        try:
            model = self.shelf.at_hand(name)
            return model if model is not None else await run_in_threadpool(self.shelf.get, name)
        except KeyError as error:
            raise RequestProblem(404, f"product must be among {self.shelf.names()}, however: {name[:60]!r}") from error
        except RiskModelError as error:
            raise RequestProblem(503, f"product {name!r} cannot be loaded now: {error}") from error

    def _after(self, rows: Records, answers: Answers, shadow: DecisionModel | None) -> None:
        """Off the path of the request, in a thread."""
        for answer in answers if self.log else ():
            self.log.write(answer)  # type: ignore[union-attr]
        if shadow is not None:
            for row, answer in zip(rows, answers, strict=True):
                self.metrics.shadow(_compared(shadow, row, answer))

    def _authorise(self, request: Request) -> None:
        if self.token is None:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self.token.encode())
        if scheme.lower() != "bearer" or not same:
            raise RequestProblem(401, "a bearer token must be given in the Authorization header")

    def _guarded(self, answer: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            self._authorise(request)
            return answer()

        return endpoint


def _wants_counterfactuals(request: Request) -> bool:
    asked = request.query_params.get("counterfactuals", "false")
    if asked not in ("true", "false"):
        raise RequestProblem(422, f"counterfactuals must be true or false, however: {asked[:60]!r}")
    return asked == "true"


def _answers(model: DecisionModel, rows: Records, *, several: bool, counterfactuals: bool = False) -> Answers:
    answers = []
    for place, row in enumerate(rows):
        try:
            answers.append(model.decide(row, counterfactuals=counterfactuals))
        except (DataError, UnsupportedScorer) as error:
            raise RequestProblem(422, f"application {place}: {error}" if several else str(error)) from error
    if not several and answers[0].why:
        raise RequestProblem(422, "the model's rules set the application aside", why=list(answers[0].why))
    return answers


def _compared(challenger: DecisionModel, row: Any, answer: ApplicationDecision) -> str:
    try:
        return "same" if challenger.decide(row).decision == answer.decision else "differs"
    except DataError:
        return "refused"


def _open(answer: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
    """For everybody, token or not."""

    async def endpoint(_: Request) -> Response:
        return answer()

    return endpoint


def _json(content: Any, status: int = 200, media_type: str = "application/json", **more: Any) -> Response:
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, media_type=media_type, **more)


def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestProblem)  # noqa: S101 - what Starlette hands over
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else None
    return _json(problem.as_json, problem.status, PROBLEM, headers=headers)


def _http_error(request: Request, error: Exception) -> Response:
    """No such path, or no such method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    return _problem(request, RequestProblem(error.status_code, str(error.detail)))


def _bug(request: Request, _: Exception) -> Response:
    """Ours: the traceback goes to the server's log, and no word of it to the client."""
    return _problem(request, RequestProblem(500, "the service failed; the application was not decided"))
