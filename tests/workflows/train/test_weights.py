"""A run on a drawn sample, one good in five for five: what it leaves is about the whole."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_run import toml

from riskmodel import bundle, scorers
from riskmodel.datasets import encode, synthetic
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train.training import train

ROWS = 16_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("weights")
    table = pa.Table.from_batches(list(synthetic.batches(ROWS, 5, synthetic.PLAIN)))
    default = table["default"].to_numpy()
    stays = (default == 1) | (np.random.default_rng(0).random(ROWS) < 0.2)
    sample = table.filter(pa.array(stays)).append_column("w", pa.array(np.where(default[stays] == 1, 1.0, 5.0)))
    pq.write_table(sample, place / "portfolio.parquet")
    pq.write_table(table, place / "whole.parquet")
    text = toml().replace('id = "loan_id"', 'id = "loan_id"\nweight = "w"')
    start, rest = text.split("[[scorers]]", 1)[0], text.split("[[recipes]]")[1]
    scorer = '[[scorers]]\nname = "lgbm"\nkind = "lgbm"\noptions = { search = 0, rounds = 60, patience = 20 }\n'
    recipe = '[[recipes]]\nscorers = ["lgbm"]\nsteps = [{ pruner = "trees", keep = [0.5] }]\n'
    assert "scorers" in rest
    (place / "run.toml").write_text(start + scorer + recipe)
    return place


@pytest.fixture(scope="module")
def done(folder):
    return train(folder / "run.toml", folder / "out", f"sqlite:///{folder}/mlflow.db", Stages(None))


def test_pds_cutoff_and_bad_rates_are_those_of_the_whole(done, folder):
    study, out = done
    whole = pq.read_table(folder / "whole.parquet")
    default = whole["default"].to_numpy()
    saved = bundle.read(out / "champion")
    scorer = scorers.unpacked(saved)
    pd = scorer.pd(encode.matrix(whole, scorer.features))
    assert pd.mean() == pytest.approx(default.mean(), rel=0.06)
    assert (pd < saved.policy.cutoff).mean() == pytest.approx(0.8, abs=0.03)
    for evaluation in study.tested.values():
        assert evaluation.bad_rate.low < default.mean() < evaluation.bad_rate.high
    test = json.loads((out / "run.json").read_text())["samples"]["test"]
    assert test["stand_for"] > 2 * test["rows"]
    assert test["bad_rate"] == pytest.approx(default.mean(), rel=0.15)
    assert saved.reference.rows > 0


def test_the_report_says_what_the_rows_stand_for_and_what_was_drawn_by_weight(done):
    dossier = json.loads((done[1] / "review.json").read_text())["dossier"]
    facts = dossier["subject"]
    assert facts["stand_for"] > 2 * facts["rows"] > 2 * facts["drawn_by_weight"]
    drawn = {e["id"] for e in dossier["evidence"] if "drawn by weight" in e["reason"]}
    assert {"calibration.hosmer_lemeshow", "robustness.decay"} <= drawn
    assert not {"discrimination.auc", "calibration.slope", "change.auc", "change.harm", "drift.bad_rate"} & drawn
    slopes = [e["value"] for e in dossier["evidence"] if e["id"] == "calibration.slope"]
    rates = [e["value"] for e in dossier["evidence"] if e["id"] == "calibration.jeffreys"]
    assert slopes == pytest.approx([1.0] * len(slopes), abs=0.4)
    assert rates == pytest.approx([facts["bad_rate"]] * len(rates), rel=0.05)
    assert "By their weights" not in (done[1] / "run.toml").read_text()
    assert "Rows have weights (w)" in (done[1] / "review.html").read_text()
