"""What one process has answered, as Prometheus reads it: counters by label, and a histogram that adds up."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.serving.metrics import EDGES, Metrics

SECONDS = st.lists(st.one_of(st.floats(0, 3), st.sampled_from(EDGES)), max_size=20)


def series(metrics):
    """Values by series; every line is a comment or a series with one number."""
    text = metrics.text("abc")
    assert text.endswith("\n")
    lines = [line for line in text.splitlines() if not line.startswith("# TYPE ")]
    found = [re.fullmatch(r'([a-z_]+(?:\{[a-z0-9]+="[^"]*"\})?) (\S+)', line) for line in lines]
    return {match[1]: float(match[2]) for match in found}


@given(SECONDS)
def test_a_bucket_counts_every_request_that_took_no_longer(seconds):
    metrics = Metrics()
    for one in seconds:
        metrics.request(200, one)
    found = series(metrics)
    for edge in EDGES:
        bucket = found[f'riskmodel_request_seconds_bucket{{le="{edge:g}"}}']
        assert bucket == np.count_nonzero(np.array(seconds) <= edge)
    assert found['riskmodel_request_seconds_bucket{le="+Inf"}'] == len(seconds)
    assert found["riskmodel_request_seconds_count"] == len(seconds)
    assert found["riskmodel_request_seconds_sum"] == pytest.approx(sum(seconds), abs=1e-8)


@given(st.lists(st.sampled_from([200, 400, 413]), max_size=10))
def test_requests_are_counted_by_status(statuses):
    metrics = Metrics()
    for status in statuses:
        metrics.request(status, 0.1)
    found = {name: n for name, n in series(metrics).items() if name.startswith("riskmodel_requests_total")}
    assert found == {f'riskmodel_requests_total{{status="{s}"}}': statuses.count(s) for s in set(statuses)}


def test_an_application_without_a_decision_was_set_aside():
    metrics = Metrics()
    for decision in ("accept", None, "refer", None):
        metrics.decision(decision)
    metrics.shadow("differs")
    found = series(metrics)
    assert found['riskmodel_decisions_total{decision="accept"}'] == 1
    assert found['riskmodel_decisions_total{decision="aside"}'] == 2
    assert found['riskmodel_shadow_total{outcome="differs"}'] == 1


def test_the_model_is_the_one_that_answers_now():
    metrics = Metrics()
    assert 'riskmodel_model_info{sha256="one"} 1' in metrics.text("one").splitlines()
    assert "one" not in metrics.text("two")


def test_every_series_follows_its_type():
    metrics = Metrics()
    metrics.request(200, 0.1)
    typed = set()
    for line in metrics.text("x").splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        else:
            assert re.sub(r"(_bucket|_sum|_count)?[{ ].*", "", line) in typed
