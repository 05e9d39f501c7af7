"""A run with `[cascade]`, from its TOML to a report, MLflow and scored applications; interrupted on the way."""

import json

import mlflow
import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskmodel import bundle, scorers
from riskmodel.cli.render import train as show
from riskmodel.datasets import synthetic
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import cascade_variant
from riskmodel.workflows.train import training as job

TOML = """
name = "cascaded"
seed = 3
threads = 1
scorers = [{ name = "lgbm", kind = "lgbm", options = { search = 0, rounds = 40, rate = 0.2, leaves = 7 } }]

[data]
path = "portfolio.parquet"
target = "default"
id = "loan_id"
time = "vintage"
ignore = ["true_pd", "group"]
categorical = ["employment", "purpose"]

[data.vendors]
bureau = { features = ["utilisation", "accounts"], price = 1.5 }

[policy]
approval_rate = 0.8
grade_edges = [0.05, 0.1, 0.2]

[choice]
cost = "feature_cost"

[cascade]
differ = 0.05
margins = { approved_bad_rate = 1.2 }
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory, store):
    """Stopped after the cascade was made, and gone on with: study, report, and the hash of the first run's cascade."""
    folder = tmp_path_factory.mktemp("cascaded")
    pq.write_table(synthetic.portfolio(6001, seed=1), folder / "portfolio.parquet")
    (folder / "run.toml").write_text(TOML)
    before = []

    def stopped(variants, *_, **__):
        before.append(variants["cascade"].scorer.sha256)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job.timing, "timed", stopped)
        with pytest.raises(KeyboardInterrupt, match="train --resume goes on"):
            job.train(folder / "run.toml", folder / "report", store, Stages())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cascade_variant, "recalibrated", lambda *_: pytest.fail("the cheap scorer is fitted twice"))
        study, report = job.train(folder / "run.toml", folder / "report", store, Stages(), resume=True)
    return study, report, before[0]


def test_what_was_fitted_before_the_interruption_is_not_fitted_again(run):
    study, _, before = run
    assert study.variants["cascade"].scorer.sha256 == before


def test_it_is_chosen_by_its_decisions_and_every_door_says_so(run, capsys):
    study, report, _ = run
    assert study.trade_off.chosen == "cascade"
    for change in (study.trade_off.changes["cascade"], study.trade_off.trials["cascade"]):
        assert list(change.deciding) == ["decisions", "approved_bad_rate"]
        assert change.differences["decisions"].margin == 0.1
        assert {"auc", "brier"} < set(change.informative)
    record = json.loads((report / "choice.json").read_text())
    assert record["test"]["cascade"]["judged_by"] == ["decisions", "approved_bad_rate"]
    assert (record["margins"]["decisions"], record["margins"]["approved_bad_rate"]) == (0.1, 1.2)
    said = "judged by decisions that differ and bad rate of the approved"
    assert said in study.trade_off.reason
    findings = json.loads((report / "review.json").read_text())["findings"]
    assert [one["severity"] for one in findings if said in one["statement"]] == ["medium"]
    evidence = json.loads((report / "review.json").read_text())["dossier"]["evidence"]
    verdicts = {one["id"]: one["verdict"] for one in evidence if one["whom"] == "change"}
    assert verdicts["change.decisions"] == "pass"
    assert {verdicts[f"change.{name}"] for name in ("auc", "brier", "partial_auc")} == {"does not decide"}
    page = (report / "review.html").read_text()
    assert said in page
    assert "(does not decide)" in page
    assert any(said in line for line in show.story(study))


def test_what_it_saves_has_an_interval(run):
    _, report, _ = run
    row = pd.read_csv(report / "trade_off.csv").set_index("variant").loc["cascade"]
    assert 0 < row["saving_low"] < row["saving"] < row["saving_high"] < 1.5
    assert row["cost"] == row["price"]
    assert row["saving"] == pytest.approx(1.5 - row["price"], abs=1e-5)


def test_mlflow_has_what_decided(run, store):
    client = mlflow.MlflowClient(store)
    experiments = [client.get_experiment_by_name("cascaded").experiment_id]
    [data] = [r.data for r in client.search_runs(experiments) if r.info.run_name == "chosen: cascade"]
    metrics = data.metrics
    view = json.loads(client.get_experiment_by_name("cascaded").tags["mlflow.sharedViewState.trade-off"])
    assert data.tags["judged_by"] == "decisions"
    assert "tags.`judged_by`" in json.loads(view["state"])["selectedColumns"]
    assert metrics["change/decisions_lower"] > -0.1
    assert metrics["test/approved_bad_rate_p"] < 0.05
    assert metrics["price/saving_low"] < metrics["price/saving"]


def test_its_bundle_scores_and_sets_aside_what_must_be_bought(run, tmp_path, riskmodel):
    study, report, _ = run
    saved = bundle.read(report / "chosen")
    assert (saved.kind, scorers.unpacked(saved).sha256) == ("cascade", study.variants["cascade"].scorer.sha256)
    book = synthetic.portfolio(400, seed=9).to_pandas().drop(columns=["default", "true_pd"])
    book[["utilisation", "accounts"]] = None
    book.astype({"utilisation": float, "accounts": float}).to_parquet(tmp_path / "book.parquet")
    arguments = ["--model", report / "chosen", "--input", tmp_path / "book.parquet", "--output", tmp_path / "scored"]
    assert riskmodel("--quiet", "score", *arguments)[0] == 0
    parts, aside = (
        pd.concat(map(pd.read_parquet, (tmp_path / "scored").glob(pattern)))
        for pattern in ("part-*.parquet", "quarantine/*.parquet")
    )
    assert len(parts) + len(aside) == 400
    assert set(aside["why"]) == {"the cascade leaves it open: must have a value of utilisation, accounts"}
