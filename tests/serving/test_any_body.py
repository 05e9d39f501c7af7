"""Whatever comes as a body gets an answer or a problem, and never a fault of ours."""

import json

import pytest
from batch.books import applications, packed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving.test_app import call

from riskmodel.config import Scoring
from riskmodel.core import Policy
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.slot import Slot

ROW = applications(1, 3).to_pylist()[0]
SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
RECORD = st.dictionaries(st.sampled_from([*ROW, "other"]), SCALAR | VALUE).map(lambda some: {**ROW, **some})
STRICT = Scoring(unseen="refuse", wrong_type="refuse", out_of_range="quarantine", missing_value="quarantine")


@pytest.fixture(scope="module")
def services(fitted):
    saved = [packed(fitted("lgbm"), policy=Policy(0.25, 0.2, (0.1,)), scoring=rules) for rules in (Scoring(), STRICT)]
    return [Service(Slot(DecisionModel.from_bundle(each))) for each in saved]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUE | RECORD | st.lists(RECORD, max_size=3) | st.binary(), st.sampled_from([b"", b"counterfactuals=true"]))
def test_any_body_has_an_answer_or_a_problem(services, content, query):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    for service in services:
        status, head, answer = call(service, "POST", "/decide", body, query=query)
        assert status in (200, 400, 413, 422)
        if status != 200:
            assert (head["content-type"], answer["status"]) == ("application/problem+json", status)
            assert answer["detail"]
