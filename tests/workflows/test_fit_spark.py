"""A model that a cluster fitted is a native XGBoost file like any other: it ranks, and it can be read and pruned."""

import json
from contextlib import nullcontext
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch import spark_cluster

from riskmodel import scorers
from riskmodel.batch import spark
from riskmodel.datasets import encode
from riskmodel.errors import DataError
from riskmodel.evaluation.metrics.discrimination import auc
from riskmodel.workflows.fit_spark import SparkFit, fit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(spark_cluster.ABSENT is not None, reason=str(spark_cluster.ABSENT)),
]


def loans(rows: int, seed: int) -> pa.Table:
    draw = np.random.default_rng(seed)
    income, debt = draw.normal(size=(2, rows))
    income[::10] = np.nan
    bad = draw.random(rows) < 1 / (1 + np.exp(2 + np.nan_to_num(income) - 2 * (debt > 1)))
    return pa.table(
        {"income": pa.array(income, from_pandas=True), "debt": debt, "bad": bad.astype(np.int8), "name": ["x"] * rows}
    )


def test_a_cluster_fits_what_is_then_pruned_on_rows_that_it_did_not_see(tmp_path, monkeypatch, riskmodel):
    for name, value in spark_cluster.environment().items():
        monkeypatch.setenv(name, value)
    pq.write_table(loans(9000, 1), tmp_path / "loans.parquet")
    options = {"n_estimators": 20, "max_leaves": 8, "max_depth": 0, "grow_policy": "lossguide"}
    job = SparkFit(tmp_path / "loans.parquet", "bad", ("income", "debt"), options, workers=2, held_out=3000)
    with spark.opened("local[2]") as session:
        one = partial(nullcontext, session)
        with pytest.raises(DataError, match="column 'name' must be a number, however: string"):
            fit(SparkFit(tmp_path / "loans.parquet", "bad"), tmp_path / "model.json", tmp_path / "held.parquet", one)
        assert [path.name for path in tmp_path.iterdir()] == ["loans.parquet"]
        rows = fit(job, tmp_path / "model.json", tmp_path / "held.parquet", one)
    held = pq.read_table(tmp_path / "held.parquet")
    assert rows["held_out"] == held.num_rows
    assert rows["fitted"] + rows["held_out"] == 9000
    assert 2800 < rows["held_out"] < 3200
    scorer = scorers.open_native(tmp_path / "model.json")
    result = auc(held["bad"].to_numpy(), scorer.margin(encode.matrix(held, scorer.features)))
    assert result.low > 0.6
    prune = ("--data", tmp_path / "held.parquet", "--target", "bad", "--keep", 0.5, "--output", tmp_path / "small.json")
    code, _, errors = riskmodel("prune", tmp_path / "model.json", *prune)
    assert code == 0, errors
    small, whole = (scorers.open_native(tmp_path / f"{name}.json").ensemble.n_leaves for name in ("small", "model"))
    assert small <= whole / 2
    assert json.loads((tmp_path / "small.json.plan.json").read_bytes())
