"""The figures that MLflow gets equal the study's, each in its section."""

import math
from dataclasses import replace

import pytest

from riskmodel import scorers
from riskmodel.core import Column, Interval, SideFigures, Verdict
from riskmodel.tracking import variant_metrics
from riskmodel.tracking.variant_metrics import AUC, BOUND, COST, FLIPS, LOG_COST, P95, RANK, VERDICTS, glance, metrics

CHOSEN, NEURAL = "lgbm/trees@0.25", "neural/neurons@0.5/weights@0.5"
SECTIONS = {"quality", "calibration", "change", "cost", "latency", "fairness", "size", "test"}


def test_every_figure_stands_in_its_section_with_its_interval(study):
    result = metrics(study, CHOSEN)
    assert {key.partition("/")[0] for key in result if "/" in key} == SECTIONS
    for key, figure in study.trade_off.evaluations[CHOSEN].figures.items():
        place = "calibration/slope" if key == "calibration_slope" else f"quality/{key}"
        assert (result[place], result[f"{place}_low"], result[f"{place}_high"]) == (
            figure.value,
            figure.low,
            figure.high,
        )
    assert result["test/auc"] == study.tested[CHOSEN].figures["auc"].value
    made_of = study.variants[CHOSEN].scorer.complexity()
    for key in ("bytes", "trees", "leaves", "weights", "features"):
        assert result[f"size/{key}"] == getattr(made_of, key)


def test_a_change_has_its_bounds_its_p_after_holm_its_verdict_and_its_flips(study):
    result = metrics(study, CHOSEN)
    for key, difference in study.trade_off.changes[CHOSEN].differences.items():
        values = [result[f"change/{key}_{what}"] for what in ("delta", "lower", "upper", "p")]
        assert values == [difference.delta, difference.lower, difference.upper, difference.p_value]
    assert (result["change/p_adjusted"], result["change/verdict"], result["change/flips"]) == (0.02, 1.0, 0.0125)
    assert metrics(study, NEURAL)["change/verdict"] == VERDICTS[Verdict.INFERIOR] == -1


def test_the_champion_differs_from_itself_by_nothing(study):
    result = metrics(study, "lgbm")
    assert result["change/auc_delta"] == result["change/auc_lower"] == result[BOUND] == 0
    assert "change/verdict" not in result


def test_cost_latency_and_fairness(study):
    result, timing = metrics(study, CHOSEN), study.trade_off.timings[CHOSEN]
    assert (result["cost/work"], result["cost/times_less"]) == (100.0, 4.0)
    for key in ("p50", "p95", "p99", "model_p50"):
        assert result[f"latency/{key}_us"] == getattr(timing[1], key).value
    assert result["latency/rows_per_s"] == pytest.approx(10_000 / timing[10_000].p50.value * 1e6)
    assert result["fairness/approval_ratio SEX"] == 0.95
    assert not [key for key in metrics(study, NEURAL) if key.startswith(("latency", "cost", "fairness"))]


def test_a_name_that_mlflow_refuses_is_spelt_another_way(study):
    side = {CHOSEN: replace(study.side_figures[CHOSEN], approval_ratios={"Geschlecht (m/w), ü": 0.9})}
    assert metrics(replace(study, side_figures=side), CHOSEN)["fairness/approval_ratio Geschlecht _m_w__ _"] == 0.9


def test_what_is_seen_at_a_glance_is_rounded_and_ranked(study):
    assert [glance(study, name)[RANK] for name in ("lgbm", CHOSEN, NEURAL)] == [1, 2, 3]
    result = glance(study, CHOSEN)
    assert (result[AUC], result[BOUND]) == (0.7805, -0.21)
    assert (result[COST], result[LOG_COST]) == (100.0, 2.0)
    assert (result[FLIPS], result[P95]) == (1.25, 0.36)


def test_what_is_no_number_is_left_out(study):
    evaluation = study.trade_off.evaluations["lgbm"]
    figures = {**evaluation.figures, "ks": Interval(math.nan, math.nan, math.nan)}
    evaluations = {**study.trade_off.evaluations, "lgbm": replace(evaluation, figures=figures)}
    changed = replace(study, trade_off=replace(study.trade_off, evaluations=evaluations))
    assert "quality/ks" in variant_metrics.metrics(study, "lgbm")
    assert "quality/ks" not in variant_metrics.metrics(changed, "lgbm")


def test_prices_of_features_stand_where_features_have_any(study):
    assert not [key for key in metrics(study, CHOSEN) if key.startswith("price/")]
    variant = study.variants[CHOSEN]
    columns = tuple(replace(column, cost=2.0, vendor="bureau") for column in variant.scorer.features)
    variants = {**study.variants, CHOSEN: replace(variant, scorer=replace(variant.scorer, features=columns))}
    priced = replace(study, variants=variants, run={**study.run, "policy": {"applications_per_year": 50}})
    assert (metrics(priced, CHOSEN)["price/an_application"], metrics(priced, CHOSEN)["price/a_year"]) == (2.0, 100.0)
    assert metrics(priced, "lgbm")["price/an_application"] == 0


def test_what_a_cascade_saves_stands_with_its_interval(study):
    variant, champion = study.variants[CHOSEN], study.variants["lgbm"]
    columns = (Column("income"), Column("late", cost=2.0, vendor="bureau"))
    full = replace(champion.scorer, features=columns)
    both = scorers.composed(replace(variant.scorer, features=columns[:1]), full, 0.1, 0.2, 0.9)
    variants = {**study.variants, "lgbm": replace(champion, scorer=full), CHOSEN: replace(variant, scorer=both)}
    side = {**study.side_figures, CHOSEN: SideFigures(0.0, bought=Interval(0.25, 0.2, 0.3))}
    run = {**study.run, "policy": {"applications_per_year": 50}}
    made = metrics(replace(study, variants=variants, side_figures=side, run=run), CHOSEN)
    keys = ("an_application", "an_application_low", "an_application_high", "saving", "saving_low", "saving_a_year_high")
    assert [made[f"price/{key}"] for key in keys] == pytest.approx([0.5, 0.4, 0.6, 1.5, 1.4, 80.0])
