"""Which rows a run gives to which sample, what it writes of it, and that another run can do the same."""

import hashlib
import json
import tomllib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_run import toml

from riskmodel.config import Run
from riskmodel.datasets import sample_split, split, synthetic
from riskmodel.datasets.run_table import RunTable
from riskmodel.datasets.split import NAMES
from riskmodel.errors import DataError

SHA256 = "c" * 64


def settings(data=(), **shares) -> Run:
    run = tomllib.loads(toml())
    return Run(**{**run, "split": shares, "data": {**run["data"], **dict(data)}})


@pytest.fixture(scope="module")
def table():
    return synthetic.portfolio(900, seed=2)


def draw_of(run, table, sha256, folder):
    return sample_split.drawn(run, RunTable(table, sha256), split.row_keys(table, run.data), folder)


def test_a_run_leaves_its_split_with_dates_counts_and_checksums(done):
    _, folder = done
    facts = json.loads((folder / "run.json").read_text())
    record = (folder / "split.parquet").read_bytes()
    assert facts["split"]["sha256"] == hashlib.sha256(record).hexdigest()
    assert facts["split"]["how"] == "time"
    written = pq.read_table(folder / "split.parquet").to_pandas()
    whole = pq.read_table(folder.parent / "portfolio.parquet").to_pandas()
    for name in NAMES:
        rows = whole[(written["sample"] == name).to_numpy()]
        sample_facts = facts["samples"][name]
        assert (sample_facts["rows"], sample_facts["bads"]) == (len(rows), rows["default"].sum())
        assert (sample_facts["first"], sample_facts["last"]) == (str(rows["vintage"].min()), str(rows["vintage"].max()))
        positions = np.flatnonzero(written["sample"] == name).astype("<i8")
        assert sample_facts["sha256"] == hashlib.sha256(positions.tobytes()).hexdigest()


def test_a_replayed_split_has_the_same_rows_whatever_the_seed_and_the_shares(tmp_path, table):
    first = draw_of(settings(gap_days=40), table, SHA256, tmp_path)
    (tmp_path / "before.parquet").write_bytes(first.record)
    run = settings(replay="before.parquet", test=0.4).model_copy(update={"seed": 99})
    again = draw_of(run, table, SHA256, tmp_path)
    assert (again.facts["samples"], again.record) == (first.facts["samples"], first.record)
    assert again.facts["split"]["how"] == "replay"
    assert again.facts["split"]["left_out"] == first.facts["split"]["left_out"] != {}


def test_a_replayed_split_is_held_to_the_outcome_of_this_table(tmp_path, table):
    first = draw_of(settings(), table, SHA256, tmp_path)
    (tmp_path / "before.parquet").write_bytes(first.record)
    default = np.where(np.isin(np.arange(900), first.rows.test), 0, table["default"].to_numpy())
    cured = table.set_column(table.column_names.index("default"), "default", pa.array(default))
    with pytest.raises(DataError, match="the test sample must have at least 2 bads, however: 0"):
        draw_of(settings(replay="before.parquet"), cured, "d" * 64, tmp_path)


def test_the_latest_of_tune_is_a_sample_of_its_own_and_told(tmp_path, table):
    run = settings(latest=0.5)
    drawn = draw_of(run, table, SHA256, tmp_path)
    schema = synthetic_schema(table, run, drawn)
    development = split.split(table, schema, drawn.rows, split.row_keys(table, run.data), drawn.recent).development
    assert development.recent is not None
    assert development.recent.attributes["vintage"].min() > np.datetime64(drawn.facts["samples"]["tune"]["first"])
    assert drawn.facts["split"]["recalibrates"] == {
        "rows": len(development.recent),
        "bads": int(development.recent.default.sum()),
        "first": str(development.recent.attributes["vintage"].min()),
        "last": drawn.facts["samples"]["tune"]["last"],
    }


def synthetic_schema(table, run, drawn):
    from riskmodel.datasets import schema

    return schema.learn(table, run.data, split.row_keys(table, run.data).default, drawn.rows.train)


def test_borrowers_and_text_dates_are_read_from_the_table_and_only_judge(tmp_path, table):
    months = [str(day)[:7] for day in table["vintage"].to_pylist()]
    borrower = [f"B{i % 700}" for i in range(900)]
    own = table.set_column(1, "vintage", pa.array(months)).append_column("who", pa.array(borrower))
    run = settings(data={"borrower": "who"}, how="random")
    drawn = draw_of(run, own, SHA256, tmp_path)
    schema = synthetic_schema(own, run, drawn)
    samples = split.split(own, schema, drawn.rows, split.row_keys(own, run.data))
    judged = samples.selection.attributes
    assert set(judged) == {"group", "vintage", "loan_amount", "who"}
    assert judged["vintage"].astype(str).tolist() == [f"{months[i]}-01" for i in drawn.rows.selection]
    assert not {"who", "vintage"} & {column.name for column in samples.selection.features}
    development = set(samples.development.train.attributes["who"]) | set(samples.development.tune.attributes["who"])
    assert not development & set(judged["who"])


def test_a_run_may_recalibrate_on_the_latest_of_tune_alone(development):
    """Half of tune is turned round: whoever recalibrates on the other half does not see it."""
    from dataclasses import replace

    from samples import FEATURES, QUICK

    from riskmodel import scorers
    from riskmodel.workflows.train.develop import fitted

    recent = development.tune.take(np.arange(350), "recent")
    how = {"scorecard": scorers.recipe("scorecard", QUICK["scorecard"])}
    result = fitted(how, FEATURES, replace(development, recent=recent), 0)["scorecard"].scorer
    assert result.score(recent).mean() == pytest.approx(recent.default.mean(), abs=1e-8)
    assert fitted(how, FEATURES, development, 0)["scorecard"].scorer.score(development.tune).mean() == pytest.approx(
        development.tune.default.mean(), abs=1e-8
    )
