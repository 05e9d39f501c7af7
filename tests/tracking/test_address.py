"""A model is found by its address, and is verified as a bundle's folder is; what is wrong is one line."""

import shutil

import pytest
from batch.books import packed

from riskmodel import bundle
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.tracking import address, is_address, model
from riskmodel.tracking.model import ModelNotes

LOADER = "riskmodel.workflows.pyfunc"


@pytest.fixture
def saved(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard")), tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def logged(store, saved):
    """A model of a run that has the bundle as it is, too, and something else."""
    run = store.client.create_run(store.experiment("taiwan")).info.run_id
    store.client.log_artifacts(run, str(saved), "bundle")
    store.client.log_text(run, "years of work", "other/thesis.txt")
    return model.log_model(store, run, saved, LOADER)


@pytest.fixture
def run(logged):
    return logged.run


def registered(store, logged):
    model.register(store, "taiwan", logged, ModelNotes())
    return model.register(store, "taiwan", logged, ModelNotes(tags={"variant": "small"}))


def test_all_addresses_of_one_bundle_lead_to_it(store, saved, run, logged):
    assert registered(store, logged) == "models:/taiwan/2"
    store.client.set_registered_model_alias("taiwan", "champion", "2")
    wanted = bundle.read(saved)
    for name in ("models:/taiwan/1", "models:/taiwan@champion", f"runs:/{run}/model", f"runs:/{run}/bundle"):
        assert is_address(name)
        assert address.read(name, store.uri) == wanted
    hashes = {"bundle_sha256": wanted.sha256, "model_sha256": wanted.scorer_sha256}
    assert store.client.get_model_version("taiwan", "2").tags == {
        "variant": "small",
        "model_id": logged.model_id,
        **hashes,
    }


def test_a_model_that_mlflow_itself_logged_is_found_too(store, saved, tmp_path, monkeypatch):
    """Since MLflow 3 such a version points at a logged model, not at a run's files."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store.uri)
    model.save(saved, tmp_path / "whole", LOADER)
    logged = store.client.create_logged_model(store.experiment("taiwan"), "own")
    store.client.log_model_artifacts(logged.model_id, str(tmp_path / "whole"))
    store.client.create_registered_model("own")
    store.client.create_model_version("own", f"models:/{logged.model_id}", model_id=logged.model_id)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert address.read("models:/own/1", store.uri) == bundle.read(saved)


def test_a_byte_that_changed_is_refused_by_its_address(store, saved, logged):
    registered(store, logged)
    file = next(iter(bundle.read(saved).files))
    damaged = store.artifacts / "taiwan" / "models" / logged.model_id / "artifacts" / "data" / "bundle" / file
    damaged.write_bytes(damaged.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(BundleError, match=f"^models:/taiwan/1/{file}: is not what the manifest says"):
        address.read("models:/taiwan/1", store.uri)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("models:/loans/1", "loans"),
        ("models:/taiwan/7", "version=7"),
        ("models:/taiwan@champion", "alias champion"),
        ("models:/taiwan", "an address must be models:/NAME/VERSION"),
        ("models:/taiwan/latest", "an address must be models:/NAME/VERSION"),
        ("runs:/{run}", "an address must be models:/NAME/VERSION"),
        ("runs:/{run}/../../secret", "an address must be models:/NAME/VERSION"),
        ("runs:/0123456789abcdef0123456789abcdef/model", "0123456789abcdef0123456789abcdef"),
        ("runs:/{run}/nowhere", "must hold a riskmodel bundle, however: it holds nothing"),
        ("runs:/{run}/other", "must hold a riskmodel bundle, however: it holds thesis.txt"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(store, run, logged, name, message):
    registered(store, logged)
    with pytest.raises(RiskModelError) as caught:
        address.read(name.format(run=run), store.uri)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_to_look_for_a_model_makes_no_store(tmp_path):
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    with pytest.raises(RiskModelError, match="there is no such tracking store"):
        address.read("models:/taiwan/1", uri)
    assert list(tmp_path.iterdir()) == []


def test_a_model_whose_files_are_gone_is_told(store, logged):
    registered(store, logged)
    shutil.rmtree(store.artifacts / "taiwan" / "models" / logged.model_id / "artifacts")
    with pytest.raises(RiskModelError, match=r"models:/taiwan/1: .*holds nothing"):
        address.read("models:/taiwan/1", store.uri)


def test_a_folder_is_no_address():
    assert not is_address("reports/taiwan/chosen")
