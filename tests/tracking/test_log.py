"""A report in the store: parent and children, whole or marked as broken, sent once and at any time."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from batch.books import packed
from mlflow.exceptions import MlflowException
from stand_in_studies import written_report

from riskmodel import bundle
from riskmodel.config import Tracking
from riskmodel.errors import RiskModelError
from riskmodel.tracking import (
    facts,
    log_report,
    open_runs,
    open_store,
    save,
    study_metrics,
    ticks,
    variant_metrics,
    views,
)


def runs(store):
    """All runs of the experiment: the parents, and the children by name."""
    result = store.client.search_runs([store.experiment("taiwan")])
    parents = [run for run in result if "mlflow.parentRunId" not in run.data.tags]
    return parents, {run.data.tags["variant"]: run for run in result if run not in parents}


def files(store, run, folder=None):
    return sorted(item.path for item in store.client.list_artifacts(run.info.run_id, folder))


@pytest.fixture
def logged(store, report):
    """The store after one report."""
    log_report(store, report)
    return store


def test_one_parent_and_one_child_a_variant_all_finished(logged, study):
    parents, children = runs(logged)
    assert len(parents) == 1
    assert set(children) == set(study.variants)
    assert {child.data.tags["mlflow.parentRunId"] for child in children.values()} == {parents[0].info.run_id}
    assert {run.info.status for run in (*parents, *children.values())} == {"FINISHED"}


def test_two_that_send_the_same_data_at_once_both_arrive(store, report, monkeypatch):
    """MLflow refuses the later one, whose dataset the earlier one has just written."""
    write, refused = store.client.log_inputs, []

    def refuse_once(run, inputs):
        write(run, inputs)
        if not refused:
            refused.append(run)
            raise MlflowException("UNIQUE constraint failed: datasets.experiment_id, datasets.name, datasets.digest")

    monkeypatch.setattr(store.client, "log_inputs", refuse_once)
    log_report(store, report)
    parent = runs(store)[0][0]
    assert (parent.info.status, [parent.info.run_id]) == ("FINISHED", refused)
    digests = [entry.dataset.digest for entry in parent.inputs.dataset_inputs]
    assert digests
    assert len(set(digests)) == len(digests)


def test_children_carry_params_metrics_and_tags(logged, settings, study):
    for name, child in runs(logged)[1].items():
        assert child.data.params == facts.params(settings, study.variants[name])
        assert child.data.metrics == variant_metrics.metrics(study, name)
        assert facts.tags(study, name).items() <= child.data.tags.items()


def test_the_parent_carries_hashes_the_choice_and_the_confirmation(logged, study):
    parent = runs(logged)[0][0]
    assert parent.info.run_name == "taiwan a1b2c3d4"
    assert parent.data.tags["data_sha256"] == "d" * 64
    assert parent.data.tags["chosen_variant"] == "lgbm/trees@0.25"
    assert study.trade_off.reason in parent.data.tags["mlflow.note.content"]
    figures = study_metrics.metrics(study) | {"path/auc": 0.7805, "path/cost": 100.0, "path/flips": 0.0125}
    assert parent.data.metrics == figures


def test_the_path_is_kept_by_step(logged):
    parent = runs(logged)[0][0].info.run_id
    history = logged.client.get_metric_history(parent, "path/cost")
    assert [(point.step, point.value) for point in history] == [(0, 400.0), (1, 100.0)]


def test_the_samples_are_dataset_inputs_of_the_parent(logged):
    inputs = runs(logged)[0][0].inputs.dataset_inputs
    contexts = {entry.tags[0].value: json.loads(entry.dataset.profile)["num_rows"] for entry in inputs}
    assert contexts == {"train": 600, "tune": 601, "selection": 602, "test": 603}
    assert json.loads(inputs[0].dataset.schema)["mlflow_colspec"][0]["name"] == "PAY_0"


def test_champion_and_choice_are_named_so_in_the_order_of_the_page(logged):
    parents, _ = runs(logged)
    kept = f"tags.`mlflow.parentRunId` = '{parents[0].info.run_id}'"
    page = logged.client.search_runs([logged.experiment("taiwan")], kept, order_by=[f"{views.ORDER} ASC"])
    assert [run.info.run_name for run in page] == [
        "champion: lgbm",
        "chosen: lgbm/trees@0.25",
        "neural/neurons@0.5/weights@0.5",
    ]
    view = json.loads(logged.client.get_experiment(logged.experiment("taiwan")).tags[views.TAG])
    assert json.loads(view["state"])["searchFilter"] == kept


def test_a_run_began_and_ended_when_its_variant_was_made(logged):
    parents, children = runs(logged)
    took = {name: (run.info.start_time, run.info.end_time) for name, run in children.items()}
    assert took["lgbm"] == (1_800_000_000_000, 1_800_000_020_000)
    assert took["lgbm/trees@0.25"] == (1_800_000_020_000, 1_800_000_021_500)
    assert (parents[0].info.start_time, parents[0].info.end_time) == (1_800_000_000_000, 1_800_000_090_000)


def test_plans_and_bundle_lie_with_their_variant_and_the_report_with_the_run(logged):
    parents, children = runs(logged)
    wanted = ["plans", "review.html", "split.parquet", "tracking.json", "trade_off.html", "trade_off.svg"]
    assert files(logged, parents[0]) == wanted
    assert len(files(logged, parents[0], "plans")) == 3
    assert files(logged, children["lgbm"]) == []
    assert files(logged, children["lgbm/trees@0.25"], "bundle") == ["bundle/manifest.json"]
    plans = files(logged, children["neural/neurons@0.5/weights@0.5"], "plans")
    assert plans == ["plans/1-neurons.json", "plans/2-weights.json"]


def test_a_logged_plan_is_the_plan_byte_for_byte(logged, study):
    child = runs(logged)[1]["lgbm/trees@0.25"]
    file = logged.artifacts / "taiwan" / child.info.run_id / "artifacts" / "plans" / "1-trees.json"
    assert file.read_bytes() == study.variants["lgbm/trees@0.25"].plans[0].to_json()


def sent_ids(store):
    place = store.artifacts / "taiwan" / runs(store)[0][0].info.run_id / "artifacts" / "split.parquet"
    return pq.read_table(place)["id"].to_pylist()


def test_ids_are_sent_as_hashes(logged, report):
    first, missing, last = sent_ids(logged)
    assert missing is None
    assert {len(first), len(last)} == {64}
    assert first != last
    assert pq.read_table(report / "split.parquet")["id"].to_pylist() == ["anna", None, "bert"]


def test_ids_are_sent_as_they_are_where_the_toml_says_so(store, settings, study, tmp_path):
    changed = settings.model_copy(update={"tracking": Tracking(ids=True)})
    log_report(store, written_report(changed, study, tmp_path / "told"))
    assert sent_ids(store) == ["anna", None, "bert"]


@pytest.fixture
def whole(report, settings, study, fitted):
    """The report with a bundle that can be opened."""
    place = report / "bundles" / "whole"
    bundle.save(packed(fitted("scorecard")), place)
    plans = {name: sorted((report / "plans").glob(f"{name.replace('/', '__')}.*.json")) for name in study.variants}
    save(report, settings, study, plans, dict.fromkeys(study.variants, place))
    return report


def test_the_chosen_variant_alone_becomes_a_model_and_is_registered_when_all_is_written(store, whole):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log_report(store, whole, "some.module", stop)
    assert store.client.search_registered_models() == []
    parent = store.client.get_run(log_report(store, whole, "some.module"))
    assert parent.data.tags["model"] == "models:/taiwan/1"
    version = store.client.get_model_version("taiwan", "1")
    assert (version.tags["variant"], version.aliases) == ("lgbm/trees@0.25", [])
    assert version.tags["bundle_sha256"] == bundle.read(whole / "bundles" / "whole").sha256
    assert "lgbm/trees@0.25 in place of lgbm" in version.description
    assert "Alias `champion` decides" in store.client.get_registered_model("taiwan").description
    children = runs(store)[1]
    assert version.run_id == children["lgbm/trees@0.25"].info.run_id
    outputs = {name: len(run.outputs.model_outputs) for name, run in children.items() if run.outputs.model_outputs}
    assert outputs == {"lgbm": 1, "lgbm/trees@0.25": 1}
    logged_model = store.client.get_logged_model(version.tags["model_id"])
    assert (logged_model.name, str(logged_model.status)) == ("model", "READY")
    assert (logged_model.tags["role"], logged_model.tags["variant"]) == ("chosen", "lgbm/trees@0.25")
    assert json.loads(logged_model.tags["mlflow.modelVersions"]) == [{"name": "taiwan", "version": "1"}]


def test_a_report_is_sent_once_and_another_stands_beside_it(logged, report, settings, study, tmp_path):
    log_report(logged, report)
    assert len(runs(logged)[0]) == 1
    log_report(logged, written_report(replace_name(settings), study, tmp_path / "other"))
    assert len(logged.client.search_experiments()) == 3  # default, taiwan, other


def replace_name(settings):
    return settings.model_copy(update={"name": "other"})


def test_it_ticks_as_often_as_it_says(store, report):
    heard = []
    log_report(store, report, tick=lambda: heard.append(1))
    assert len(heard) == ticks(report)


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "KILLED"), (ValueError, "FAILED")])
def test_a_broken_logging_leaves_no_run_running_and_can_be_done_again(store, report, error, status):
    def stop():
        raise error

    with pytest.raises(error):
        log_report(store, report, tick=stop)
    parents, children = runs(store)
    assert parents[0].info.status == status
    assert {child.info.status for child in children.values()} == {"FINISHED"}
    assert store.client.get_run(log_report(store, report)).info.status == "FINISHED"


def test_a_variant_that_breaks_midway_is_marked_too(store, report, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.client, "log_text", full)
    with pytest.raises(OSError, match="No space left"):
        log_report(store, report)
    parents, children = runs(store)
    statuses = {name: child.info.status for name, child in children.items()}
    assert statuses == {"lgbm": "FINISHED", "lgbm/trees@0.25": "FAILED"}
    assert parents[0].info.status == "FAILED"


@pytest.mark.parametrize("lost", ["tracking.json", "plans/lgbm__trees@0.25.0.json"])
def test_a_missing_file_is_refused_before_anything_is_written(store, report, lost):
    (report / lost).unlink()
    with pytest.raises(RiskModelError, match=lost):
        log_report(store, report)
    assert store.client.get_experiment_by_name("taiwan") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"experiment": 3}', "\ud800"])
def test_a_report_that_was_damaged_is_told_in_one_line(store, report, text):
    (report / "tracking.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(RiskModelError, match=r"tracking.json: is damaged"):
        log_report(store, report)


def test_a_path_out_of_the_report_is_refused(store, report):
    path = report / "tracking.json"
    path.write_text(path.read_text().replace('"bundles/chosen"', '"../report/bundles/chosen"'))
    with pytest.raises(RiskModelError, match="damaged"):
        log_report(store, report)


def test_a_champion_that_stays_can_be_logged(store, settings, study, tmp_path):
    trade_off = replace(study.trade_off, chosen="lgbm")
    changed = replace(study, trade_off=trade_off, confirmation=None, run={}, side_figures={})
    log_report(store, written_report(settings, changed, tmp_path / "told"))
    parent = runs(store)[0][0]
    assert parent.info.run_name == "taiwan"
    assert not [key for key in parent.data.metrics if key.startswith("test change")]


def test_runs_of_a_killed_process_are_closed_by_the_next(store, report):
    experiment = store.experiment("taiwan")
    left = [
        store.client.create_run(experiment, tags={open_runs.PROCESS: "elsewhere:1:2"}).info.run_id,
        store.client.create_run(experiment).info.run_id,  # of somebody else: none of ours
    ]
    log_report(store, report)
    assert [store.client.get_run(run).info.status for run in left] == ["KILLED", "RUNNING"]


def test_on_a_server_only_the_runs_of_processes_that_are_gone_are_closed():
    own = open_runs._process(os.getpid())
    host, number, _ = own.rsplit(":", 2)
    assert not open_runs._is_gone(own)
    assert open_runs._is_gone(f"{host}:{number}:1")
    assert open_runs._is_gone(f"{host}:4194304:1")
    assert not open_runs._is_gone("another.host:1:1")


def test_two_first_runs_on_one_database_do_not_collide(tmp_path):
    text = "import sys; from riskmodel.tracking import open_store; open_store(sys.argv[1])"
    command = [sys.executable, "-c", text, f"sqlite:///{tmp_path / 'mlflow.db'}"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [run.communicate()[1] for run in both]
    assert [run.returncode for run in both] == [0, 0], errors
    assert [path.name for path in tmp_path.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://bob:S3cr3t@127.0.0.1:1/db",
        "mysql://bob:S3cr3t@h/db",
        "mssql+pyodbc://b:S3cr3t@h/d",
        "sqlite:////x\0",
    ],
)
def test_a_missing_driver_or_an_impossible_address_is_one_line_without_its_password(uri):
    with pytest.raises(RiskModelError) as caught:
        open_store(uri)
    assert "S3cr3t" not in str(caught.value)
    assert "\n" not in str(caught.value)
