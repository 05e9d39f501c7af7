"""A run in the store: parent and children, whole or marked as broken."""

from dataclasses import replace

import pytest
from batch.books import packed

from riskmodel import bundle
from riskmodel.errors import RiskModelError
from riskmodel.tracking import facts, log_run, ticks


def runs(store):
    """All runs of the experiment: the parents, and the children by name."""
    found = store.client.search_runs([store.experiment("taiwan")])
    parents = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    return parents, {run.info.run_name: run for run in found if run not in parents}


def files(store, run, folder=None):
    return sorted(item.path for item in store.client.list_artifacts(run.info.run_id, folder))


@pytest.fixture
def logged(store, settings, study, tmp_path):
    """The store after one run, with its report and one bundle."""
    report, bundle = tmp_path / "review.html", tmp_path / "chosen"
    report.write_text("<p>review</p>")
    bundle.mkdir()
    (bundle / "manifest.json").write_text("{}")
    log_run(store, settings, study, files=[report], bundles={"lgbm/trees@0.25": bundle})
    return store


def test_one_parent_and_one_child_a_variant_all_finished(logged, study):
    parents, children = runs(logged)
    assert len(parents) == 1
    assert set(children) == set(study.variants)
    assert {child.data.tags["mlflow.parentRunId"] for child in children.values()} == {parents[0].info.run_id}
    assert {run.info.status for run in (*parents, *children.values())} == {"FINISHED"}


def test_children_carry_params_metrics_and_tags(logged, settings, study):
    for name, child in runs(logged)[1].items():
        assert child.data.params == facts.params(settings, study.variants[name])
        assert child.data.metrics == facts.metrics(study, name)
        assert facts.tags(study, name).items() <= child.data.tags.items()


def test_the_parent_carries_hashes_the_choice_and_the_confirmation(logged, study):
    parent = runs(logged)[0][0]
    assert parent.info.run_name == "taiwan a1b2c3d4"
    assert parent.data.tags["data_sha256"] == "d" * 64
    assert parent.data.tags["chosen_variant"] == "lgbm/trees@0.25"
    assert parent.data.tags["mlflow.note.content"] == study.trade_off.reason
    assert parent.data.metrics == facts.confirmation(study)


def test_plans_and_bundle_lie_with_their_variant_and_the_report_with_the_run(logged, study):
    parents, children = runs(logged)
    assert files(logged, parents[0]) == ["review.html"]
    assert files(logged, children["lgbm"]) == []
    assert files(logged, children["lgbm/trees@0.25"], "bundle") == ["bundle/manifest.json"]
    plans = files(logged, children["neural/neurons@0.5/weights@0.5"], "plans")
    assert plans == ["plans/1-neurons.json", "plans/2-weights.json"]


def test_a_logged_plan_is_the_plan_byte_for_byte(logged, study):
    child = runs(logged)[1]["lgbm/trees@0.25"]
    file = logged.artifacts / "taiwan" / child.info.run_id / "artifacts" / "plans" / "1-trees.json"
    assert file.read_bytes() == study.variants["lgbm/trees@0.25"].plans[0].to_json()


def test_the_chosen_variant_alone_becomes_a_model_and_is_registered_when_all_is_written(
    store, settings, study, fitted, tmp_path
):
    bundle.save(packed(fitted("scorecard")), tmp_path / "saved")
    bundles = dict.fromkeys(study.variants, tmp_path / "saved")

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log_run(store, settings, study, bundles=bundles, loader="some.module", tick=stop)
    assert store.client.search_registered_models() == []
    for version in ("1", "2"):
        parent = store.client.get_run(log_run(store, settings, study, bundles=bundles, loader="some.module"))
        assert parent.data.tags["model"] == f"models:/taiwan/{version}"
    version = store.client.get_model_version("taiwan", "2")
    assert (version.tags["variant"], version.aliases) == ("lgbm/trees@0.25", [])
    assert version.tags["bundle_sha256"] == bundle.read(tmp_path / "saved").sha256
    siblings = store.client.search_runs([store.experiment("taiwan")])
    assert version.run_id in [run.info.run_id for run in siblings if files(store, run, "model")]


def test_a_second_run_stands_beside_the_first(logged, settings, study):
    log_run(logged, settings, study)
    assert len(runs(logged)[0]) == 2


def test_it_ticks_as_often_as_it_says(store, settings, study):
    heard = []
    log_run(store, settings, study, tick=lambda: heard.append(1))
    assert len(heard) == ticks(study)


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "KILLED"), (ValueError, "FAILED")])
def test_a_broken_logging_leaves_no_run_running(store, settings, study, error, status):
    def stop():
        raise error

    with pytest.raises(error):
        log_run(store, settings, study, tick=stop)
    parents, children = runs(store)
    assert parents[0].info.status == status
    assert {child.info.status for child in children.values()} == {"FINISHED"}


def test_a_variant_that_breaks_midway_is_marked_too(store, settings, study, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.client, "log_text", full)
    with pytest.raises(OSError, match="No space left"):
        log_run(store, settings, study)
    parents, children = runs(store)
    statuses = {name: child.info.status for name, child in children.items()}
    assert statuses == {"lgbm": "FINISHED", "lgbm/trees@0.25": "FAILED"}
    assert parents[0].info.status == "FAILED"


@pytest.mark.parametrize("what", ["files", "bundles"])
def test_a_missing_file_is_refused_before_anything_is_written(store, settings, study, tmp_path, what):
    lost = tmp_path / "lost"
    with pytest.raises(RiskModelError, match="lost: there is no such file or folder"):
        log_run(store, settings, study, **{what: [lost] if what == "files" else {"lgbm": lost}})
    assert store.client.get_experiment_by_name("taiwan") is None


def test_a_champion_that_stays_can_be_logged(store, settings, study):
    trade_off = replace(study.trade_off, chosen="lgbm")
    log_run(store, settings, replace(study, trade_off=trade_off, confirmation=None, run={}))
    parent = runs(store)[0][0]
    assert parent.info.run_name == "taiwan"
    assert "confirm/delta_auc" not in parent.data.metrics
