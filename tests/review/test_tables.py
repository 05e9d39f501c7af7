"""The tables say what the study says."""

import csv
import io
import json
import math
from dataclasses import replace

import pytest

from riskmodel.core import Column, Interval
from riskmodel.review import tables

COLUMNS = (
    "variant,scorer,steps,keep,auc,auc_low,auc_high,delta_auc,delta_low,p_adjusted,"
    "decided_by,judged_by,cost,verdict,accuracy,gini,ks,brier,log_loss,"
    "calibration_slope,p50_us,p99_us,rows_per_s,bytes,trees,leaves,weights,features,on_front,in_chain,out,chosen,price,price_a_year,"
    "price_low,price_high,saving,saving_low,saving_high,saving_a_year,saving_a_year_low,saving_a_year_high"
)


def read(study):
    return list(csv.DictReader(io.StringIO(tables.to_csv(tables.trade_off_rows(study)))))


def test_the_csv_has_the_promised_columns_and_one_line_a_variant(study):
    text = tables.to_csv(tables.trade_off_rows(study))
    assert text.splitlines()[0] == COLUMNS
    assert [row["variant"] for row in read(study)] == list(study.variants)


def test_values_in_the_csv_equal_their_sources(study):
    for row in read(study):
        name = row["variant"]
        figures = study.trade_off.evaluations[name].figures
        auc, timing = figures["auc"], study.trade_off.timings[name]
        made_of = study.variants[name].scorer.complexity()
        sources = {
            "auc": auc.value, "auc_low": auc.low, "auc_high": auc.high,
            **{key: figures[key].value for key in ("accuracy", "gini", "ks", "brier", "log_loss", "calibration_slope")},
            "p50_us": timing[1].p50.value, "p99_us": timing[1].p99.value,
            "rows_per_s": 10_000 / timing[10_000].p50.value * 1e6,
            **{key: getattr(made_of, key) for key in ("bytes", "trees", "leaves", "weights", "features")},
        }  # fmt: skip
        for key, value in sources.items():
            assert float(row[key]) == pytest.approx(value, rel=1e-5), (name, key)


def test_challengers_carry_their_change_and_the_champion_none(study):
    rows = {row["variant"]: row for row in read(study)}
    assert [rows["lgbm"][key] for key in ("delta_auc", "delta_low", "verdict")] == ["0", "0", "champion"]
    for name, change in study.trade_off.changes.items():
        auc = change.differences["auc"]
        assert float(rows[name]["delta_auc"]) == pytest.approx(auc.delta, rel=1e-5)
        assert float(rows[name]["delta_low"]) == pytest.approx(auc.lower, rel=1e-5)
        assert rows[name]["verdict"] == study.trade_off.verdicts[name]


def test_the_verdict_is_the_one_after_holm_not_the_single_test(study, another_study):
    verdicts = {**study.trade_off.verdicts, "lgbm/trees@0.25": "inconclusive"}
    changed = another_study(trade_off=replace(study.trade_off, verdicts=verdicts))
    assert read(changed)[1]["verdict"] == "inconclusive"


def test_exactly_the_chosen_one_and_the_front_are_marked(study):
    rows = read(study)
    assert [row["variant"] for row in rows if row["chosen"] == "true"] == ["lgbm/trees@0.25"]
    assert [row["variant"] for row in rows if row["on_front"] == "true"] == list(study.trade_off.front)


def test_what_was_not_measured_is_an_empty_cell(study, another_study):
    timings = {**study.trade_off.timings, "neural": {}}
    evaluation = study.trade_off.evaluations["neural"]
    figures = {**evaluation.figures, "brier": Interval(math.nan, math.nan, math.nan)}
    evaluations = {**study.trade_off.evaluations, "neural": replace(evaluation, figures=figures)}
    trade_off = replace(study.trade_off, timings=timings, evaluations=evaluations)
    row = next(row for row in read(another_study(trade_off=trade_off)) if row["variant"] == "neural")
    assert [row[key] for key in ("p50_us", "p99_us", "rows_per_s", "brier")] == [""] * 4
    assert row["auc"]


def test_a_plan_row_names_the_dropped_and_counts_what_it_does_not_name(study, monkeypatch):
    monkeypatch.setattr(tables, "NAMED_UNITS", 3)
    row = tables.plan_rows([study.variants["lgbm/trees@0.25"]])[0]
    assert (row["units"], row["kept"], row["dropped_count"]) == (8, 2, 6)
    assert row["dropped"] == ["tree 2", "tree 3", "tree 4"]


def test_a_variant_of_two_cuts_has_two_plan_rows(study):
    rows = tables.plan_rows([study.variants["lgbm/features@0.7/trees@0.25"]])
    assert [(row["step"], row["pruner"], row["unit"]) for row in rows] == [
        (1, "features", "feature"),
        (2, "trees", "tree"),
    ]


def test_confirmation_sets_test_beside_selection(study):
    row = next(row for row in tables.confirmation_rows(study) if row["figure"] == "auc")
    assert row["chosen_test"][0] == study.tested["lgbm/trees@0.25"].figures["auc"].value
    assert row["champion_selection"][1] == study.trade_off.evaluations["lgbm"].figures["auc"].low


def test_confirmation_without_a_test_leaves_the_place_empty(another_study):
    rows = tables.confirmation_rows(another_study(tested={}))
    assert all(row["champion_test"] is None and row["chosen_selection"] for row in rows)


def test_timings_stand_by_variant_and_rising_batch(study):
    rows = tables.timing_rows(study, ["neural", "lgbm"])
    assert [(row["variant"], row["batch"]) for row in rows] == [
        (name, batch) for name in ("neural", "lgbm") for batch in (1, 100, 10_000)
    ]


def test_plain_data_survives_json_and_knows_no_infinity():
    data = {"a": (1, 2.5, None), 3: float("inf"), "nested": {"b": [True, "x"]}}
    assert tables.plain(data) == {"a": [1, 2.5, None], "3": None, "nested": {"b": [True, "x"]}}
    assert json.loads(json.dumps(tables.plain(data), allow_nan=False)) == tables.plain(data)


def test_a_call_is_charged_once_and_a_year_is_so_many_applications(study, another_study):
    assert {(row["price"], row["price_a_year"]) for row in read(study)} == {("", "")}
    call = {"cost": 1.5, "vendor": "bureau"}
    columns = (Column("income"), Column("late", **call), Column("open", **call), Column("rent", cost=0.25))
    variants = {
        name: replace(variant, scorer=replace(variant.scorer, features=columns[: 2 + place]))
        for place, (name, variant) in enumerate(study.variants.items())
    }
    priced = another_study(variants=variants, run={**study.run, "policy": {"applications_per_year": 1000}})
    assert [(row["price"], row["price_a_year"]) for row in read(priced)][:3] == [
        ("1.5", "1500"),
        ("1.5", "1500"),
        ("1.75", "1750"),
    ]
    unsaid = another_study(variants=variants)
    assert {row["price_a_year"] for row in read(unsaid)} == {""}
