"""The store opens where it should, and says why where it cannot."""

import os

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.files.beside import hidden
from riskmodel.tracking import open_store


def test_an_experiment_is_made_once_and_found_again(store):
    first = store.experiment("taiwan")
    assert store.experiment("taiwan") == first
    assert store.experiment("other") != first


def test_files_lie_beside_the_database_or_in_the_given_folder(store, tmp_path):
    elsewhere = open_store(store.uri, tmp_path / "elsewhere")
    for opened, name, folder in ((store, "taiwan", "mlartifacts"), (elsewhere, "other", "elsewhere")):
        result = opened.client.get_experiment(opened.experiment(name))
        assert result.artifact_location == (tmp_path / folder / name).as_uri()


def test_a_new_experiment_is_no_page_of_prompts(store):
    tags = store.client.get_experiment(store.experiment("taiwan")).tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"


def test_a_deleted_experiment_is_refused_in_words(store):
    store.client.delete_experiment(store.experiment("taiwan"))
    with pytest.raises(RiskModelError, match="experiment taiwan is deleted"):
        store.experiment("taiwan")


@pytest.mark.parametrize("uri", ["./mlruns", "file:///tmp/mlruns", "", "ftp://host/db"])
def test_a_store_of_another_kind_is_refused_with_what_is_allowed(uri):
    with pytest.raises(RiskModelError, match=r"must be one of sqlite, .* however:"):
        open_store(uri)


def test_a_folder_that_does_not_exist_is_refused_at_once(tmp_path):
    with pytest.raises(RiskModelError, match="must exist"):
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'mlflow.db'}")


def test_a_store_that_was_interrupted_while_it_was_set_up_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(made, place):
        raise KeyboardInterrupt

    monkeypatch.setattr("riskmodel.files.atomic.move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_store(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert not [path for path in tmp_path.iterdir() if ".db" in path.name and "lock" not in path.name]


def test_a_store_that_was_killed_while_it_was_set_up_is_no_store(tmp_path):
    """What lies half made under a hidden name is cleared away."""
    file = tmp_path / "mlflow.db"
    hidden(file, "new").with_name(f"{hidden(file, 'new').name}-17").write_bytes(b"SQLite format 3\0" * 300)
    assert open_store(f"sqlite:///{file}").experiment("loans")
    assert file.is_file()
    assert not [path for path in tmp_path.iterdir() if "new" in path.name]


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)  # MLflow tries ten times, ever more slowly
    (tmp_path / "mlflow.db").write_text("this is no database" * 100)
    with pytest.raises(RiskModelError, match="cannot be opened") as caught:
        open_store(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert "\n" not in str(caught.value)


def test_nothing_is_sent_home(store):
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == os.environ["DO_NOT_TRACK"] == "true"
    assert os.environ["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"] == "false"
