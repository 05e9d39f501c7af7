"""What MLflow is told equals what the study says."""

import math
from dataclasses import replace

import pytest

from riskmodel.core import Interval
from riskmodel.tracking import facts

CHOSEN = "lgbm/trees@0.25"


def test_metrics_stand_in_their_sections_and_equal_their_sources(study):
    found = facts.metrics(study, CHOSEN)
    figures, timing = study.trade_off.evaluations[CHOSEN].figures, study.trade_off.timings[CHOSEN]
    for key in ("auc", "gini", "ks", "accuracy", "brier", "log_loss", "calibration_slope"):
        assert found[f"quality/{key}"] == figures[key].value
    auc = study.trade_off.changes[CHOSEN].differences["auc"]
    assert (found["change/delta_auc"], found["change/delta_low"]) == (auc.delta, auc.lower)
    assert (found["latency/p50_us"], found["latency/p99_us"]) == (timing[1].p50.value, timing[1].p99.value)
    assert found["latency/rows_per_s"] == pytest.approx(10_000 / timing[10_000].p50.value * 1e6)
    made_of = study.variants[CHOSEN].scorer.complexity()
    for key in ("bytes", "trees", "leaves", "weights", "features"):
        assert found[f"size/{key}"] == getattr(made_of, key)


def test_the_champion_differs_from_itself_by_nothing(study):
    found = facts.metrics(study, "lgbm")
    assert found["change/delta_auc"] == found["change/delta_low"] == 0


def test_what_was_not_timed_has_no_latency(study):
    assert not [key for key in facts.metrics(study, "neural/neurons@0.5/weights@0.5") if key.startswith("latency")]


def test_what_is_no_number_is_left_out(study):
    evaluation = study.trade_off.evaluations["lgbm"]
    figures = {**evaluation.figures, "ks": Interval(math.nan, math.nan, math.nan)}
    evaluations = {**study.trade_off.evaluations, "lgbm": replace(evaluation, figures=figures)}
    changed = replace(study, trade_off=replace(study.trade_off, evaluations=evaluations))
    assert "quality/ks" not in facts.metrics(changed, "lgbm")


def test_params_tell_how_a_variant_was_made(settings, study):
    assert facts.params(settings, study.variants["neural/neurons@0.5/weights@0.5"]) == {
        "scorer": "neural",
        "steps": "neurons@0.5 + weights@0.5",
        "keep": "0.25",
        "seed": "7",
        "scorer.leaves": "15",
        "scorer.grid": "(0.1, 0.2)",
        "step_1.pruner": "neurons",
        "step_1.keep": "0.5",
        "step_1.grid": "[1, 2]",
        "step_1.l2.value": "0.5",
        "step_2.pruner": "weights",
        "step_2.keep": "0.5",
        "step_2.grid": "[1, 2]",
        "step_2.l2.value": "0.5",
    }


def test_an_unpruned_variant_has_no_steps(settings, study):
    assert facts.params(settings, study.variants["lgbm"])["steps"] == "none"


def test_tags_tell_the_part_that_a_variant_plays(study):
    assert facts.tags(study, "lgbm") == {
        "verdict": "champion",
        "on_front": "true",
        "chosen": "false",
        "champion": "true",
    }
    assert facts.tags(study, "neural/neurons@0.5/weights@0.5") == {
        "verdict": "inferior",
        "on_front": "false",
        "chosen": "false",
        "champion": "false",
    }


def test_the_test_sample_is_told_apart_from_selection(study):
    found = facts.confirmation(study)
    assert found["confirm/auc"] == 0.79
    assert (found["confirm/delta_auc"], found["confirm/delta_low"]) == (-0.0004, -0.002)
    assert facts.confirmation(replace(study, confirmation=None, tested={})) == {}
