"""POST /decide: from the bytes of a request to the bytes of its answer, as a plain ASGI application.

Most of what a framework does for a request is not needed here, and costs more than the decision: no request object, no
pattern of paths, no background task.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool

from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.serving import body
from riskmodel.serving.after_answer import AfterAnswer
from riskmodel.serving.body import Limits, Records
from riskmodel.serving.decision import ApplicationDecision, DecisionModel
from riskmodel.serving.http_answer import HttpAnswer, as_json, as_problem
from riskmodel.serving.metrics import Metrics
from riskmodel.serving.problem import RequestProblem
from riskmodel.serving.shelf import Shelf
from riskmodel.serving.slot import Slot

AT_ONCE = 20  # applications that are decided without handing them to a thread: a millisecond or two
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answers = list[ApplicationDecision]


@dataclass(frozen=True, eq=False)
class DecideRoute:
    """Answers each request by one model from its start to its end; what comes after the answer is left to `after`."""

    slot: Slot
    challenger: Slot | None
    shelf: Shelf
    limits: Limits
    token: str | None
    metrics: Metrics
    after: AfterAnswer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = perf_counter()
        try:
            answer = await self._answered(scope, receive)
        except RequestProblem as problem:
            answer = as_problem(problem)
        except body.Disconnected:
            answer = HttpAnswer(400, b"", "text/plain")
        except Exception:
            failed = RequestProblem(500, "the service failed; the application was not decided")
            self.metrics.request(failed.status, perf_counter() - start)
            await as_problem(failed).sent(send)
            raise  # for the server's log, and no word of it to the client
        self.metrics.request(answer.status, perf_counter() - start)
        await answer.sent(send)

    async def _answered(self, scope: Scope, receive: Receive) -> HttpAnswer:
        head = dict(scope["headers"])
        authorise(self.token, head.get(b"authorization", b""))
        _check_kind(head.get(b"content-type", b""))
        wanted = bool(scope["query_string"]) and _wants_counterfactuals(scope["query_string"])
        if self.after.is_full:
            raise RequestProblem(503, "the log of decisions cannot be written; nothing is decided until it can")
        rows, several = body.records(await body.read(receive, self.limits), self.limits)
        product = scope.get("path_params", {}).get("product")
        model = self.slot.model if product is None else await self._of_product(product)
        work = partial(_answers, model, rows, several=several, counterfactuals=wanted)
        answers = work() if len(rows) <= AT_ONCE and not wanted else await run_in_threadpool(work)
        shadow = self.challenger.model if self.challenger and product is None else None
        self.after.put(rows, answers, shadow)
        for answer in answers:
            self.metrics.decision(answer.decision)
        return as_json([answer.as_json for answer in answers] if several else answers[0].as_json)

    async def _of_product(self, name: str) -> DecisionModel:
        try:
            model = self.shelf.at_hand(name)
            return model if model is not None else await run_in_threadpool(self.shelf.get, name)
        except KeyError as error:
            raise RequestProblem(404, f"product must be among {self.shelf.names()}, however: {name[:60]!r}") from error
        except RiskModelError as error:
            raise RequestProblem(503, f"product {name!r} cannot be loaded now: {error}") from error


def authorise(token: str | None, given: bytes) -> None:
    """Raises: RequestProblem where a token is due and another one is given."""
    if token is None:
        return
    scheme, _, presented = given.partition(b" ")
    same = hmac.compare_digest(presented.strip(), token.encode())
    if scheme.lower() != b"bearer" or not same:
        raise RequestProblem(401, "a bearer token must be given in the Authorization header")


def _check_kind(content_type: bytes) -> None:
    kind = content_type.partition(b";")[0].strip().lower()
    if kind != b"application/json":
        name = kind[:60].decode("latin-1") or "none"
        raise RequestProblem(415, f"the content type must be application/json, however: {name}")


def _wants_counterfactuals(query: bytes) -> bool:
    asked = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)).get("counterfactuals", "false")
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
