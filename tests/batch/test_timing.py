"""What is timed is what decides: the whole way with its reasons, on the riskiest application, at two batch sizes."""

import numpy as np
import pytest
from batch.books import POLICY, applications
from small_run import toml

from riskmodel import config
from riskmodel.batch import timing
from riskmodel.batch.timing import BATCHES, EFFORT, Decisions, timed, within
from riskmodel.core import Scale, Variant
from riskmodel.datasets import encode
from riskmodel.evaluation import Effort
from riskmodel.evaluation.stability import reference
from riskmodel.explanation.reasons import Reasons
from riskmodel.selection import MACHINE

FEW = Effort(seconds=0.0, rounds=1, rounds_single=1, most=1)


@pytest.fixture(scope="module")
def decisions(development):
    return Decisions(POLICY, config.parse(toml().encode(), "run.toml"), development)


@pytest.fixture(scope="module")
def variants(fitted):
    return {kind: Variant(kind, kind, fitted(kind)) for kind in ("lgbm", "scorecard")}


@pytest.fixture
def asked(monkeypatch, variants, decisions):
    """The calls that are handed to the clock, and how."""
    given = {}

    def measure(calls, effort, seed, **more):
        given.update(calls=calls, effort=effort, seed=seed, **more)
        return {name: {} for name in calls}

    monkeypatch.setattr(timing, "measure", measure)
    timed(variants, "lgbm", decisions, applications(700, 3), FEW)
    return given


def test_every_variant_is_timed_at_every_batch_size_beside_the_machines_noise(variants, decisions):
    ticks = []
    made = timed(variants, "lgbm", decisions, applications(700, 3), FEW, lambda: ticks.append(1))
    assert {name: tuple(sizes) for name, sizes in made.items()} == {
        "lgbm": BATCHES,
        "scorecard": BATCHES,
        MACHINE: (1,),
    }
    assert all(one.p50.value > 0 for sizes in made.values() for one in sizes.values())
    assert len(ticks) == len(BATCHES)


def test_seed_effort_and_baseline_are_those_of_the_run(asked, decisions):
    assert (asked["seed"], asked["effort"], asked["baseline"]) == (decisions.run.seed, FEW, "lgbm")


def test_one_application_is_the_champions_riskiest_for_all_variants(asked, variants):
    table = applications(700, 3)
    pd = variants["lgbm"].scorer.pd(encode.matrix(table, variants["lgbm"].scorer.features))
    for name in variants:
        [one] = asked["calls"][name][1].model_alone()
        matrix = encode.matrix(table.slice(int(np.argmax(pd)), 1), variants[name].scorer.features)
        assert one == variants[name].scorer.pd(matrix)[0]


def test_the_whole_way_is_from_a_table_to_decisions_with_reasons(asked, variants):
    scored = asked["calls"]["lgbm"][1].end_to_end().rows
    assert scored["reason_1"].to_pylist() != [None]
    assert scored["decision"].to_pylist() == ["decline"]
    many = asked["calls"]["scorecard"][10_000].end_to_end().rows
    assert many.num_rows == 10_000
    assert set(many["model_sha256"].to_pylist()) == {variants["scorecard"].scorer.sha256}


def test_a_table_that_is_too_short_is_repeated_in_its_order(asked):
    pd = asked["calls"]["lgbm"][10_000].model_alone()
    np.testing.assert_array_equal(pd, np.resize(pd[:700], 10_000))
    assert len(np.unique(pd[:700])) > 50


def test_the_machine_beside_them_does_the_same_sum_each_time(asked):
    calls = asked["calls"][MACHINE][1]
    assert calls.end_to_end() == calls.model_alone() == 1999 * 2000 / 2


def test_a_chunk_has_the_runs_points_rules_and_reasons(decisions, variants, development):
    chunk = decisions.chunk(variants["lgbm"])
    batch = applications(60, 5).combine_chunks().to_batches()[0]
    scored = chunk(batch, batch["loan"]).rows
    scorer = variants["lgbm"].scorer
    matrix = encode.matrix(batch, scorer.features)
    np.testing.assert_array_equal(scored["pd"].to_numpy(), scorer.pd(matrix))
    points = Scale(**decisions.run.points.model_dump()).points(scorer.margin(matrix))
    np.testing.assert_array_equal(scored["points"].to_numpy(), np.round(points))
    reasons = Reasons(scorer, reference.of(scorer, development))
    first = [None if code < 0 else reasons.names[code] for code in reasons(matrix)[:, 0]]
    decided = scored["decision"].to_pylist()
    said = [None if how == "approve" else why for why, how in zip(first, decided, strict=True)]
    assert scored["reason_1"].to_pylist() == said
    assert any(said)


@pytest.mark.parametrize(("seconds", "cap"), [(30.0, 10.0), (1e6, EFFORT.cap), (0.0, 0.0)])
def test_timing_takes_a_quarter_of_a_run_at_most(seconds, cap):
    assert within(seconds).cap == pytest.approx(cap)
    assert within(seconds).rounds == EFFORT.rounds
    assert within(seconds).cap <= 0.25 * (seconds + within(seconds).cap) + 1e-9
