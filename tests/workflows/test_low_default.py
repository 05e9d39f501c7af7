"""A portfolio of 300 loans and 12 bads goes all the way: nothing crashes, nothing is claimed, the champion stays."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_run import toml

from riskmodel.batch import timing
from riskmodel.datasets import synthetic
from riskmodel.evaluation import Effort
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train.training import train

RECIPES = """
[split]
how = "random"

[[scorers]]
name = "neural"
kind = "neural"
options = { epochs = 3, members = 2, hidden = [8] }

[[recipes]]
scorers = ["lgbm"]
steps = [{ pruner = "collapse", keep = [0.1] }]

[[recipes]]
scorers = ["xgb"]
steps = [{ pruner = "group_lasso", keep = [0.3] }]

[[recipes]]
scorers = ["scorecard"]
steps = [{ pruner = "features", keep = [0.5] }]

[[recipes]]
scorers = ["neural"]
steps = [{ pruner = "neurons", keep = [0.5] }, { compressor = "float16" }]
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory, store):
    folder = tmp_path_factory.mktemp("low")
    whole = synthetic.portfolio(1500, seed=5)
    default = whole["default"].to_numpy()
    rows = np.sort(np.concatenate([np.flatnonzero(default == 1)[:12], np.flatnonzero(default == 0)[:288]]))
    pq.write_table(whole.take(pa.array(rows)), folder / "portfolio.parquet")
    (folder / "run.toml").write_text(toml(keep="[0.2]") + RECIPES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "EFFORT", Effort(seconds=0.01, rounds=3))
        return train(folder / "run.toml", folder / "report", store, Stages())


def test_every_challenger_is_inconclusive_and_the_champion_stays(report):
    study, _ = report
    assert len(study.trade_off.verdicts) > 8
    assert set(study.trade_off.verdicts.values()) == {"inconclusive"}
    assert study.trade_off.chosen == study.trade_off.champion
    assert study.trade_off.reason.endswith(
        "The selection sample has 3 bads and 57 goods: with fewer than 20 of each every challenger is inconclusive."
    )


def test_intervals_say_how_little_is_known(report):
    study, _ = report
    for evaluation in study.trade_off.evaluations.values():
        auc, ks = evaluation.figures["auc"], evaluation.figures["ks"]
        assert auc.high - auc.low > 0.3 or auc.value == 0.5  # that of a constant PD is known
        assert ks.high - ks.low > 0.6
    assert {d.detectable for change in study.trade_off.changes.values() for d in change.differences.values()} == {1.0}


def test_pds_keep_the_level_of_the_few_bads(report):
    study, folder = report
    bads = {name: facts["bads"] for name, facts in json.loads((folder / "run.json").read_text())["samples"].items()}
    assert bads == {"train": 5, "tune": 2, "selection": 3, "test": 2}
    assert all(variant.scorer.calibration.slope == 1 for variant in study.variants.values())
