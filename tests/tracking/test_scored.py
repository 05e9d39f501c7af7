"""A scoring run in MLflow says what run.json says."""

import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed

from riskmodel import batch
from riskmodel.tracking import log_scored


def test_counts_drift_and_files_of_a_scored_book_are_logged(fitted, store, tmp_path):
    pq.write_table(applications(120, 2), tmp_path / "book.parquet")
    record = batch.score(packed(fitted("scorecard")), tmp_path / "book.parquet", tmp_path / "out")
    run = store.client.get_run(log_scored(store, tmp_path / "out", {"variant": "small"}))
    assert run.info.status == "FINISHED"
    assert run.data.metrics["rows/scored"] == 120
    assert sum(v for k, v in run.data.metrics.items() if k.startswith("decisions/")) == 120
    assert run.data.metrics["seconds/all"] == pytest.approx(record["seconds"]["all"])
    assert run.data.tags["variant"] == "small"
    assert {file.path for file in store.client.list_artifacts(run.info.run_id)} == {"run.json", "manifest.json"}
