"""What check and train begin with: every row is read once and has one job, and a leak is answered before anything."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.config import Data, Run
from riskmodel.core import Choice
from riskmodel.datasets import preparation, split, synthetic
from riskmodel.datasets.split import keys
from riskmodel.errors import DataError
from riskmodel.errors import TestIsSealed as Refused

ROLES = {
    "path": "loans.parquet",
    "target": "default",
    "time": "vintage",
    "borrower": "who",
    "amount": "loan_amount",
    "ignore": ["true_pd", "loan_id"],
    "categorical": ["employment", "purpose", "group"],
    "protected": {"group": False},
}


@pytest.fixture
def folder(tmp_path):
    whole = synthetic.portfolio(1500, seed=2)
    whole = whole.append_column("who", pa.array([f"B{i % 1400}" for i in range(1500)]))
    pq.write_table(whole, tmp_path / "loans.parquet")
    pq.write_table(whole.slice(0, 40).drop_columns(["default"]), tmp_path / "new.parquet")
    return tmp_path


def run_of(**data):
    policy = {"cutoff": 0.3, "grade_edges": [0.1]}
    scorers = [{"name": "c", "kind": "scorecard"}]
    return Run(name="x", data=Data(**{**ROLES, **data}), policy=policy, scorers=scorers)


def test_outcome_day_and_borrower_are_read_once(folder, monkeypatch):
    calls = []

    def counting(name):
        inner = getattr(keys, name)
        return lambda *arguments, **named: (calls.append(name), inner(*arguments, **named))[1]

    for name in ("outcome", "dates", "borrowers"):
        monkeypatch.setattr(keys, name, counting(name))
    data = preparation.prepare(run_of(), folder)
    data.answered()
    data.samples()
    assert sorted(calls) == ["borrowers", "dates", "outcome"]


def test_each_sample_has_its_own_rows_with_their_outcome_day_and_borrower(folder):
    data = preparation.prepare(run_of(), folder)
    samples = data.samples()
    test = samples.test.open(Choice("c"))
    whole = pq.read_table(folder / "loans.parquet")
    default, amount = whole["default"].to_numpy(), whole["loan_amount"].to_numpy()
    parts = (samples.development.train, samples.development.tune, samples.selection, test)
    for part, rows in zip(parts, data.draw.rows.samples.values(), strict=True):
        np.testing.assert_array_equal(part.rows, rows)
        np.testing.assert_array_equal(part.default, default[rows])
        np.testing.assert_array_equal(part.attributes["loan_amount"], amount[rows])
        np.testing.assert_array_equal(part.attributes["vintage"], split.dates(whole, "vintage")[rows])
        np.testing.assert_array_equal(part.attributes["who"], split.borrowers(whole, "who")[rows])
    borrowers = [set(part.attributes["who"].tolist()) for part in parts]
    assert sum(map(len, borrowers)) == len(set.union(*borrowers))
    with pytest.raises(Refused):
        samples.test.open(Choice("c"))


def test_latency_is_measured_on_the_selection_sample_as_it_came(folder):
    data = preparation.prepare(run_of(), folder)
    whole = pq.read_table(folder / "loans.parquet").take(pa.array(data.draw.rows.selection))
    assert data.applications()["purpose"].to_pylist() == whole["purpose"].to_pylist()


def test_applications_without_outcome_come_with_development(folder):
    assert preparation.prepare(run_of(), folder).samples().development.unlabelled is None
    data = preparation.prepare(run_of(unlabelled_path="new.parquet"), folder)
    assert data.samples().development.unlabelled.shape == (20, len(data.schema.features))  # the other half is kept


def test_a_leak_is_answered_before_training_goes_on(folder):
    leaky = run_of(ignore=["loan_id"])  # the true PD is a feature now
    whole = pq.read_table(folder / "loans.parquet")
    known = pa.array(np.where(whole["default"].to_numpy() == 1, 0.9, 0.1))
    pq.write_table(whole.set_column(whole.column_names.index("true_pd"), "true_pd", known), folder / "loans.parquet")
    data = preparation.prepare(leaky, folder)
    assert "true_pd" in {suspect.column for suspect in data.suspects()}
    with pytest.raises(DataError, match=r"column 'true_pd' .*drop it in data\.ignore"):
        data.answered()
    kept = run_of(ignore=["loan_id"], kept={"true_pd": "it is there to be found"})
    assert preparation.prepare(kept, folder).answered()[0].column == "true_pd"


def test_the_screens_tick_once_a_column(folder):
    data, ticks = preparation.prepare(run_of(), folder), []
    data.suspects(lambda: ticks.append(1))
    assert len(ticks) == data.screened == len(data.schema.features)
