"""The service over ASGI: answers are those of `decide`; what cannot be answered is a problem with its reason."""

import asyncio
import json

import pytest
from batch.books import applications, packed

from riskmodel.config import Scoring
from riskmodel.core import Policy
from riskmodel.errors import RiskModelError
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.body import Limits
from riskmodel.serving.decide_route import AT_ONCE
from riskmodel.serving.decision_log import DecisionLog
from riskmodel.serving.shelf import Shelf
from riskmodel.serving.slot import Slot

ROWS = applications(40, 9).to_pylist()
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def model(fitted):
    return DecisionModel.from_bundle(packed(fitted("lgbm"), policy=Policy(0.25, 0.2, (0.1, 0.2))))


def call(service, method, path, body=b"", headers=JSON, *, pause=0.0, query=b""):
    """One request; gives back status, headers and content."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    parts = [content[i : i + 50_000] for i in range(0, len(content), 50_000)] or [b""]
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    sent = []

    async def receive():
        await asyncio.sleep(pause)
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
        "raw_path": path.encode(), "query_string": query, "root_path": "", "scheme": "http",
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
        "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
    }  # fmt: skip
    asyncio.run(service.app(scope, receive, send))
    head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    text = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], head, json.loads(text) if "json" in head.get("content-type", "") else text.decode()


def test_one_and_many_are_answered_as_decide_answers(model):
    service = Service(Slot(model))
    wanted = [json.loads(json.dumps(model.decide(row).as_json)) for row in ROWS]
    assert call(service, "POST", "/decide", ROWS[0])[::2] == (200, wanted[0])
    for rows in (1, AT_ONCE, len(ROWS)):
        assert call(service, "POST", "/decide", ROWS[:rows])[::2] == (200, wanted[:rows])
    assert call(service, "POST", "/decide", [])[::2] == (200, [])


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"", 400, "must be JSON"),
        (b"{", 400, "must be JSON"),
        (b"\xff\xfe", 400, "must be JSON"),
        (b'{"income": NaN}', 400, "NaN is no number of JSON; null is missing"),
        (b'{"income": 1, "income": 2}', 400, "'income' stands twice"),
        (b"[" * 10_000, 400, "must"),
        (b'{"a":' * 10_000, 400, "must"),
        (b"9" * 5000, 400, "must be JSON"),
        (b"7", 422, "the body must be an object"),
        (b"[7]", 422, "application 0 must be an object"),
        (b'{"income": [1]}', 422, "column 'income': must be a number, text"),
        (b'{"income": 1e999}', 422, "must be a finite number"),
        (b'{"incom": 1}', 422, "no column"),
        ([{}] * 51, 413, "at most 50 applications, however: 51"),
        (b" " * 100_001, 413, "at most 100000 bytes"),
        ({**ROWS[0], "income": "abc"}, 422, "set the application aside"),
    ],
)
def test_a_bad_body_is_a_problem_with_its_reason(model, body, status, detail):
    result, head, problem = call(Service(Slot(model), limits=Limits(100_000, 50)), "POST", "/decide", body)
    assert (result, head["content-type"], problem["status"]) == (status, "application/problem+json", status)
    assert detail in problem["detail"]
    assert {"type", "title"} <= problem.keys()


def test_in_a_list_one_that_is_set_aside_has_its_reason_and_no_figure(model):
    status, _, answers = call(Service(Slot(model)), "POST", "/decide", [ROWS[0], {**ROWS[1], "income": "abc"}])
    assert (status, answers[0]["why"], answers[1]["why"]) == (200, [], ["income: wrong type"])
    assert (answers[1]["pd"], answers[1]["decision"]) == (None, None)


def test_a_slow_body_is_given_up(model):
    assert call(Service(Slot(model), limits=Limits(seconds=0.05)), "POST", "/decide", ROWS[0], pause=2.0)[0] == 408


@pytest.mark.parametrize(("headers", "status"), [({}, 415), ({"content-type": "text/plain"}, 415), (JSON, 200)])
def test_a_body_must_say_that_it_is_json(model, headers, status):
    assert call(Service(Slot(model)), "POST", "/decide", ROWS[0], headers)[0] == status


def test_paths_and_methods_that_are_not_there_are_problems(model):
    for method, path, status in (("GET", "/decide", 405), ("POST", "/nowhere", 404)):
        result, head, problem = call(Service(Slot(model)), method, path)
        assert (result, head["content-type"], problem["status"]) == (status, "application/problem+json", status)


def test_with_a_token_all_but_health_must_bear_it(model):
    service = Service(Slot(model), token="ünlikely")  # noqa: S106
    for headers in (JSON, {**JSON, "authorization": "Bearer no"}, {**JSON, "authorization": "Basic secret"}):
        for method, path in (("POST", "/decide"), ("GET", "/metrics"), ("GET", "/openapi.json")):
            status, head, _ = call(service, method, path, ROWS[0], headers)
            assert (status, head["www-authenticate"]) == (401, "Bearer")
    service = Service(Slot(model), token="secret")  # noqa: S106
    assert call(service, "POST", "/decide", ROWS[0], {**JSON, "authorization": "Bearer secret"})[0] == 200
    assert call(service, "GET", "/healthz")[::2] == (200, {"status": "ok"})
    assert call(service, "GET", "/readyz")[2]["model_sha256"] == model.model_sha256


def test_metrics_count_what_was_answered_and_where_the_challenger_differs(model, fitted):
    lenient = DecisionModel.from_bundle(packed(fitted("lgbm"), policy=Policy(0.99, 0.98, (0.1,))))
    service = Service(Slot(model), Slot(lenient))
    call(service, "POST", "/decide", ROWS)
    call(service, "POST", "/decide", b"{")
    service.close()
    lines = call(service, "GET", "/metrics")[2].splitlines()
    decided = [model.decide(row).decision for row in ROWS]
    for decision in set(decided):
        assert f'riskmodel_decisions_total{{decision="{decision}"}} {decided.count(decision)}' in lines
    approved = decided.count("approve")
    assert f'riskmodel_shadow_total{{outcome="same"}} {approved}' in lines
    assert f'riskmodel_shadow_total{{outcome="differs"}} {len(ROWS) - approved}' in lines
    assert 'riskmodel_requests_total{status="400"} 1' in lines
    assert "riskmodel_request_seconds_count 2" in lines
    assert 'riskmodel_request_seconds_bucket{le="+Inf"} 2' in lines


def test_every_decision_is_a_line_of_the_log(model, tmp_path):
    service = Service(Slot(model), log=DecisionLog(tmp_path / "decisions.jsonl"))
    call(service, "POST", "/decide", ROWS)
    service.close()
    lines = [json.loads(line) for line in (tmp_path / "decisions.jsonl").read_text().splitlines()]
    assert [(line["id"], line["decision"]) for line in lines] == [(r["loan"], model.decide(r).decision) for r in ROWS]
    assert all(line["time"].endswith("+00:00") and line["model_sha256"] == model.model_sha256 for line in lines)


def test_the_document_has_the_models_own_columns(model, fitted):
    document = call(Service(Slot(model)), "GET", "/openapi.json")[2]
    row = document["components"]["schemas"]["Application"]
    assert set(row["properties"]) == {"loan", *(feature.name for feature in model.features)}
    assert set(row["required"]) == {feature.name for feature in model.features}
    assert row["properties"]["income"] == {"type": ["number", "null"]}
    assert "car" in row["properties"]["purpose"]["examples"]
    strict = packed(fitted("lgbm"), scoring=Scoring(extra_column="refuse", missing_column="missing"))
    row = call(Service(Slot(DecisionModel.from_bundle(strict))), "GET", "/openapi.json")[2]["components"]["schemas"]
    assert (row["Application"]["additionalProperties"], row["Application"]["required"]) == (False, [])


def test_a_fault_of_ours_tells_the_client_nothing(model, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(DecisionModel, "decide", fail)
    with pytest.raises(ZeroDivisionError):  # Starlette answers, then lets the server log it
        call(Service(Slot(model)), "POST", "/decide", ROWS[0])


def test_counterfactuals_come_where_they_are_asked_for(model, fitted):
    declined = next(row for row in ROWS if model.decide(row).decision == "decline")
    service = Service(Slot(model))
    assert "counterfactuals" not in call(service, "POST", "/decide", declined)[2]
    status, _, answer = call(service, "POST", "/decide", declined, query=b"counterfactuals=true")
    wanted = model.decide(declined, counterfactuals=True).as_json
    assert (status, answer) == (200, json.loads(json.dumps(wanted)))
    for each in answer["counterfactuals"]:
        assert model.decide({**declined, each["column"]: each["value"]}).decision == "approve"
    assert call(service, "POST", "/decide", declined, query=b"counterfactuals=yes")[0] == 422
    network = Service(Slot(DecisionModel.from_bundle(packed(fitted("mlp")))))
    status, _, problem = call(network, "POST", "/decide", declined, query=b"counterfactuals=true")
    assert (status, problem["detail"]) == (
        422,
        "counterfactuals: the model must be a sum of trees (boosters, scorecards, blends of them), however: mlp",
    )


def test_a_product_answers_by_its_name(model, fitted):
    card = DecisionModel.from_bundle(packed(fitted("scorecard")))

    def gone():
        raise RiskModelError("gone")

    service = Service(Slot(model), shelf=Shelf({"cards": lambda: card, "lost": gone}))
    answer = call(service, "POST", "/products/cards/decide", ROWS[0])[2]
    assert answer == json.loads(json.dumps(card.decide(ROWS[0]).as_json))
    assert call(service, "GET", "/products")[2] == {"products": ["cards", "lost"]}
    assert call(service, "POST", "/products/lost/decide", ROWS[0])[0] == 503
    status, _, problem = call(service, "POST", "/products/none/decide", ROWS[0])
    assert (status, problem["detail"]) == (404, "product must be among ['cards', 'lost'], however: 'none'")
