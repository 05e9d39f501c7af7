"""Development and out of time in two files, applications without outcome in a third, all held to one schema."""

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from riskmodel.config import Data, Run, SplitShares, Where
from riskmodel.core import Role
from riskmodel.datasets import outcome, run_table, sample_split, schema, split, synthetic
from riskmodel.datasets.run_table import RunTable
from riskmodel.errors import DataError

ROLES = {
    "path": "dev.parquet",
    "target": "default",
    "id": "loan_id",
    "time": "vintage",
    "amount": "loan_amount",
    "ignore": ["true_pd"],
    "categorical": ["employment", "purpose", "group"],
    "protected": {"group": False},
}
POLICY = {"cutoff": 0.5, "grade_edges": [0.1]}


@pytest.fixture
def folder(tmp_path):
    """The latest fifth of a portfolio as a CSV of its own; its first rows without their outcome too."""
    whole = synthetic.portfolio(2000, seed=4).sort_by("vintage")
    pq.write_table(whole.slice(0, 1600), tmp_path / "dev.parquet")
    pa_csv.write_csv(whole.slice(1600), tmp_path / "oot.csv")
    pq.write_table(whole.slice(0, 50).drop_columns(["default", "true_pd"]), tmp_path / "new.parquet")
    return tmp_path


def run_of(data, **split):
    return Run(name="x", data=data, split=split, policy=POLICY, scorers=[{"name": "c", "kind": "scorecard"}])


def read(folder, **more):
    data = Data(**{**ROLES, **more})
    return data, run_table.read(data, folder)


@pytest.mark.parametrize("how", ["time", "random"])
def test_the_rows_of_test_path_are_the_test_sample(folder, how):
    data, result = read(folder, test_path="oot.csv")
    assert (result.rows.num_rows, result.test) == (2000, 400)
    rows = sample_split.drawn(run_of(data, how=how), result, split.row_keys(result.rows, data), folder).rows
    np.testing.assert_array_equal(rows.test, np.arange(1600, 2000))
    assert sorted(np.concatenate([rows.train, rows.tune, rows.selection]).tolist()) == list(range(1600))
    assert len(rows.selection) == pytest.approx(320, abs=60)
    one, two = run_table.read(Data(**ROLES), folder), run_table.read(Data(**{**ROLES, "path": "oot.csv"}), folder)
    assert len({result.sha256, one.sha256, two.sha256}) == 3


def test_a_borrower_of_development_and_a_loan_too_young_are_in_no_test_row():
    table = pa.table(
        {"who": [1, 2, 3, 4] * 100, "y": [0, 1, 1, 0] * 100, "t": [f"20{i // 20:02d}-01" for i in range(400)]}
    )
    default, when = outcome.outcome(table, "y"), split.dates(table, "t")
    borrower = np.r_[np.arange(300), np.arange(250, 350)]
    shares = SplitShares(window_days=400)
    rows = split.draw(default, shares, 0, when, borrower, 100)
    assert set(borrower[rows.test]).isdisjoint(borrower[:300])
    assert when[rows.test].max() < when.max() - 365
    assert len(rows.test) + sum((positions >= 300).sum() for positions in rows.left_out.values()) == 100


def test_a_file_of_another_schema_is_refused(folder):
    with pytest.raises(DataError, match="must have the columns of all parts"):
        read(folder, test_path="new.parquet", target="loan_amount", amount=None, ignore=[])
    with pytest.raises(DataError, match=r"data.target: no column 'default'"):
        read(folder, test_path="new.parquet", ignore=[])


def test_applications_without_outcome_are_read_in_the_features_of_the_schema(folder):
    data, result = read(folder, unlabelled_path="new.parquet")
    columns = schema.learn(result.rows, data, split.row_keys(result.rows, data).default)
    matrix = run_table.unlabelled(data, folder, columns)
    assert matrix.shape == (50, len(columns.features))
    assert run_table.unlabelled(Data(**ROLES), folder, columns) is None
    other = pq.read_table(folder / "new.parquet")
    at = other.column_names.index("purpose")
    pq.write_table(other.set_column(at, "purpose", pa.array(["boat"] * 50)), folder / "new.parquet")
    with pytest.raises(DataError, match=r"'purpose' has levels that the model does not know in 100.0%"):
        run_table.unlabelled(data, folder, columns)
    pq.write_table(other.drop_columns(["purpose"]), folder / "new.parquet")
    with pytest.raises(DataError, match="no column 'purpose'"):
        run_table.unlabelled(data, folder, columns)


def test_rows_left_out_are_counted_by_their_reason_over_both_files(folder):
    rule = Where(drop=["car"], why="cars have a model of their own")
    data, result = read(folder, test_path="oot.csv", where={"purpose": rule})
    left = result.left_out[rule.why]
    assert 0 < left == 2000 - result.rows.num_rows
    assert "car" not in result.rows["purpose"].to_pylist()
    facts = sample_split.drawn(run_of(data), result, split.row_keys(result.rows, data), folder).facts
    assert facts["split"]["left_out"][rule.why] == left


@pytest.mark.parametrize("scored", [True, False])
def test_an_amount_measures_a_row_and_is_a_feature_where_the_toml_says_so(folder, scored):
    data, result = read(folder, amount_scores=scored)
    keys = split.row_keys(result.rows, data)
    columns = schema.learn(result.rows, data, keys.default)
    assert [column.name for column in columns.named(Role.AMOUNT)] == ["loan_amount"]
    assert ("loan_amount" in [column.name for column in columns.features]) is scored
    rows = sample_split.drawn(run_of(data), RunTable(result.rows, "x"), keys, folder).rows
    sample = split.split(result.rows, columns, rows, keys).selection
    np.testing.assert_array_equal(sample.attributes["loan_amount"], result.rows["loan_amount"].take(rows.selection))


def test_what_makes_no_sense_is_refused():
    with pytest.raises(DataError, match=r"data.amount_scores: needs data.amount"):
        schema.check_names(["default"], Data(path="x", target="default", amount_scores=True))
    with pytest.raises(DataError, match=r"data.weight: no column 'w'"):
        schema.check_names(["default"], Data(path="x", target="default", weight="w"))
