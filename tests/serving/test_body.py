"""A body is read within limits, and is records of plain values or a problem that says which rule it breaks."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.serving.body import Disconnected, Limits, read, records
from riskmodel.serving.problem import RequestProblem

VALUE = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
ROW = st.dictionaries(st.text(max_size=5), VALUE, max_size=4)
SMALL = Limits(body_bytes=10, rows=2, seconds=0.02)


def handed(*messages):
    left = list(messages)

    async def receive():
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    return receive


def part(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


def read_of(*messages, limits=SMALL):
    return asyncio.run(read(handed(*messages), limits))


def refused(body, limits=Limits()):  # noqa: B008 - frozen
    with pytest.raises(RequestProblem) as problem:
        records(body, limits)
    return problem.value.status, problem.value.detail


def test_parts_are_put_together_in_their_order():
    assert read_of(part(b"ab"), part(b""), part(b"cd", more=False)) == b"abcd"
    assert read_of({"type": "http.request"}) == b""


def test_as_many_bytes_as_allowed_and_no_more():
    assert read_of(part(b"12345"), part(b"67890", more=False)) == b"1234567890"
    with pytest.raises(RequestProblem) as problem:
        read_of(part(b"12345"), part(b"678901"))  # refused before the rest has come
    assert (problem.value.status, problem.value.detail) == (413, "the body must have at most 10 bytes")


def test_a_body_that_does_not_come_is_not_waited_for():
    with pytest.raises(RequestProblem) as problem:
        read_of(part(b"12"))
    assert (problem.value.status, problem.value.detail) == (408, "the body must have come within 0.02 seconds")


def test_a_client_that_has_gone_is_no_problem_to_answer():
    with pytest.raises(Disconnected):
        read_of(part(b"12"), {"type": "http.disconnect"})


@given(st.lists(ROW, max_size=4))
def test_a_list_of_records_is_what_was_written(rows):
    assert records(json.dumps(rows).encode(), Limits()) == (rows, True)


@given(ROW)
def test_one_record_is_a_list_of_it_and_known_as_one(row):
    assert records(json.dumps(row, ensure_ascii=False).encode(), Limits()) == ([row], False)


def test_as_many_records_as_allowed_and_no_more():
    assert records(b"[{}, {}]", SMALL) == ([{}, {}], True)
    assert refused(b"[{}, {}, {}]", SMALL) == (413, "a request must have at most 2 applications, however: 3")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"a": NaN}', "NaN is no number of JSON; null is missing"),
        (b'{"a": -Infinity}', "-Infinity is no number of JSON; null is missing"),
        (b'{"a": 1, "b": 2, "a": 1}', "'a' stands twice"),
        (b'[{"a": {"b": 1, "b": 2}}]', "'b' stands twice"),
        (b"", "Expecting value"),
        (b'{"a": 1', "Expecting ',' delimiter"),
        (b'{"a": "\xff"}', "'utf-8' codec can't decode"),
    ],
    ids=["nan", "infinity", "twice", "twice within", "nothing", "cut", "bytes"],
)
def test_what_is_no_json_is_told(body, why):
    status, detail = refused(body)
    assert status == 400
    assert detail.startswith(f"the body must be JSON, however: {why}")


def test_a_name_without_end_is_cut():
    name = "n" * 1000
    assert refused(json.dumps({name: []}).encode())[1].startswith(f"the body, column '{'n' * 60}': must")
    assert len(refused(f'{{"{name}": 1, "{name}": 2}}'.encode())[1]) < 150


def test_a_nest_without_end_is_a_problem_and_no_crash():
    assert refused(b"[" * 200_000) == (400, "the body must not be nested that deeply")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"1", "the body must be an object of values by column"),
        (b"null", "the body must be an object of values by column"),
        (b"[{}, []]", "application 1 must be an object of values by column"),
        (b'{"a": [1]}', "the body, column 'a': must be a number, text, true, false or null"),
        (b'[{}, {"a": {}}]', "application 1, column 'a': must be a number, text, true, false or null"),
        (b'{"a": 1e999}', "the body, column 'a': must be a finite number"),
        (b'[{"a": -1e999}]', "application 0, column 'a': must be a finite number"),
    ],
)
def test_what_is_no_record_is_told_by_its_place(body, detail):
    assert refused(body) == (422, detail)
