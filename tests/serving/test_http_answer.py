"""An answer goes out whole, as the JSON that a strict reader takes, and a problem as RFC 9457 has it."""

import asyncio
import json
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.serving.http_answer import HttpAnswer, as_json, as_problem
from riskmodel.serving.problem import RequestProblem

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


def sent(answer):
    messages = []

    async def send(message):
        messages.append(message)

    asyncio.run(answer.sent(send))
    return messages


@given(PLAIN)
def test_plain_values_come_back_as_they_were(content):
    answer = as_json(content)
    assert json.loads(answer.content.decode("utf-8")) == content
    assert (answer.status, answer.media_type, answer.headers) == (200, "application/json", ())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_answer_has_what_json_does_not(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        as_json({"pd": [value]})


def test_half_a_letter_breaks_no_answer():
    assert json.loads(as_json({"a": "x\ud800y"}).content) == {"a": "x?y"}


@given(st.binary(max_size=50), st.sampled_from([200, 404]))
def test_a_server_is_handed_the_head_once_and_then_all_of_the_content(content, status):
    start, body = sent(HttpAnswer(status, content, "text/plain", ((b"x", b"y"),)))
    assert (start["type"], start["status"]) == ("http.response.start", status)
    assert start["headers"] == [
        (b"content-length", str(len(content)).encode()),
        (b"content-type", b"text/plain"),
        (b"x", b"y"),
    ]
    assert body == {"type": "http.response.body", "body": content}


@pytest.mark.parametrize("status", [400, 401, 404, 408, 413, 422, 500, 503])
def test_a_problem_is_a_document_of_its_status(status):
    answer = as_problem(RequestProblem(status, "why", column="age"))
    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": "why",
        "column": "age",
    }


def test_who_is_not_known_is_told_how_to_say_so_and_nobody_else():
    assert as_problem(RequestProblem(401, "who")).headers == ((b"www-authenticate", b"Bearer"),)
    assert as_problem(RequestProblem(403, "no")).headers == ()
