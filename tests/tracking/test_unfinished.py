"""A training that fails or is stopped says so in MLflow, and what stopped it is raised as it was."""

import pytest

from riskmodel.errors import DataError
from riskmodel.tracking.unfinished import watched


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (DataError("age: must be a number,\nhowever: many"), "FAILED", "age: must be a number, however: many"),
        (KeyboardInterrupt(), "KILLED", "KeyboardInterrupt"),
    ],
)
def test_it_is_a_run_with_its_state_and_its_reason(store, error, status, reason):
    with pytest.raises(type(error)) as caught, watched(store.uri, "taiwan", "a1b2c3d4e5"):
        raise error
    assert caught.value is error
    [run] = store.client.search_runs([store.experiment("taiwan")])
    assert (run.info.status, run.info.run_name, run.data.tags["error"]) == (status, "taiwan a1b2c3d4", reason)
    assert status.capitalize() in run.data.tags["mlflow.note.content"]


def test_what_ends_well_leaves_no_such_run(store):
    with watched(store.uri, "taiwan", "a1b2") as opened:
        assert opened.uri == store.uri
    assert store.client.get_experiment_by_name("taiwan") is None


def test_a_store_that_is_gone_is_told_beside_the_error_and_hides_it_not(store, monkeypatch):
    def gone(*_, **__):
        raise ConnectionError("nobody there")

    monkeypatch.setattr("mlflow.MlflowClient.create_run", gone)
    with pytest.raises(DataError, match="age") as caught, watched(store.uri, "taiwan", "a1b2"):
        raise DataError("age")
    assert "could not be told of it: nobody there" in caught.value.__notes__[0]
