"""What MLflow is told beside figures equals what the study and its TOML say."""

import json
from dataclasses import replace

from riskmodel.tracking import facts
from riskmodel.tracking.roles import COLOURS, VariantRole


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
        "variant": "lgbm",
        "role": "champion",
        "mlflow.runColor": COLOURS[VariantRole.CHAMPION],
        "verdict": "champion",
        "judged_by": "",
        "on_front": "true",
        "chosen": "false",
        "champion": "true",
    }
    assert facts.tags(study, "neural/neurons@0.5/weights@0.5") == {
        "variant": "neural/neurons@0.5/weights@0.5",
        "role": "other",
        "mlflow.runColor": COLOURS[VariantRole.OTHER],
        "verdict": "inferior",
        "judged_by": "scores",
        "on_front": "false",
        "chosen": "false",
        "champion": "false",
    }


def test_a_variant_that_decisions_decide_says_so(study):
    changes = {name: replace(change, informative=("auc",)) for name, change in study.trade_off.changes.items()}
    judged = replace(study, trade_off=replace(study.trade_off, changes=changes))
    assert facts.tags(judged, "lgbm/trees@0.25")["judged_by"] == "decisions"
    assert facts.tags(judged, "lgbm")["judged_by"] == ""


def test_a_run_says_what_was_fixed_and_who_won(settings, study):
    dataset = facts.run_params(settings, study)
    assert (dataset["champion"], dataset["chosen"], dataset["cost"]) == ("lgbm", "lgbm/trees@0.25", "work")
    assert (dataset["margin.auc"], dataset["margin.rare_faults"]) == ("0.005", "bounded")
    assert facts.run_tags(study)["verdict"] == "non-inferior"
    assert facts.run_tags(replace(study, confirmation=None))["verdict"] == "champion stays"


def test_each_sample_is_a_dataset_by_the_hash_of_its_rows(settings, study):
    result = {dataset.context: dataset for dataset in facts.datasets(settings, study)}
    assert set(result) == {"train", "tune", "selection", "test"}
    assert len({dataset.digest for dataset in result.values()}) == 4
    dataset = result["tune"]
    assert (dataset.name, dataset.digest) == ("data.parquet", "1" * 32)
    assert json.loads(dataset.source) == {"uri": "data.parquet", "sha256": "d" * 64, "rows_sha256": "1" * 64}
    assert json.loads(dataset.profile) == {"num_rows": 601, "num_bads": 130}
    assert dataset.columns == {"PAY_0": "double"}


def test_a_study_without_samples_has_no_datasets(settings, study):
    assert facts.datasets(settings, replace(study, run={})) == ()
