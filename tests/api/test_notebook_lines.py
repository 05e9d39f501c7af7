"""The lines that a notebook has, on tables of every library, writing nothing that is not asked for."""

import lightgbm
import numpy as np
import polars
import pytest

import riskmodel as rm
from riskmodel.datasets import synthetic
from riskmodel.errors import ConfigError, DataError

FEATURES = ["income", "savings", "debt_to_income", "utilisation", "inquiries"]


@pytest.fixture(scope="module")
def table():
    return synthetic.portfolio(3000, seed=8).drop_columns(["true_pd"])


@pytest.fixture(scope="module")
def plan(table):
    return rm.propose(table, target="default")


@pytest.mark.parametrize("library", [lambda t: t, lambda t: t.to_pandas(), polars.from_arrow])
def test_a_plan_is_the_same_from_every_library(table, plan, library):
    other = rm.propose(library(table), target="default").run.data
    assert (other.target, other.time, other.id) == (plan.run.data.target, plan.run.data.time, plan.run.data.id)


def test_a_plan_is_edited_by_key_and_keeps_its_reasons(plan):
    made = plan.replace("policy.approval_rate", 0.9)
    assert made.run.policy.approval_rate == 0.9
    assert plan.run.policy.approval_rate != 0.9
    assert made.to_toml().count("#") == plan.to_toml().count("#")
    with pytest.raises(ConfigError, match=r"policy\.aproval_rate: unknown key"):
        plan.replace("policy.aproval_rate", 0.9)


def test_scorers_and_pruners_take_the_place_of_the_proposed(plan):
    made = plan.scored_by(["lgbm", "scorecard"]).pruned_by({"distil": [0.25, 0.1], "scorecard/features": 0.5}).run
    assert [(entry.name, entry.kind) for entry in made.scorers] == [("lgbm", "lgbm"), ("scorecard", "scorecard")]
    assert [(r.scorers, r.steps[0].pruner, r.steps[0].keep) for r in made.recipes] == [
        (["lgbm"], "distil", (0.25, 0.1)),
        (["scorecard"], "features", (0.5,)),
    ]
    with pytest.raises(
        ConfigError, match="neurons must have a scorer of kind neural or mlp or gru or conv to cut, however: none"
    ):
        plan.scored_by(["lgbm"]).pruned_by({"neurons": 0.5})


def test_a_plan_is_checked_against_rows_and_writes_nothing(plan, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert plan.check(table).rows == 3000
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_none_is_refused():
    with pytest.raises(DataError, match="data must be a table or its path, however: int"):
        rm.propose(3, target="default")


def test_a_toml_says_all_of_its_run(plan):
    with pytest.raises(DataError, match="says all of a run, however"):
        rm.train("run.toml", plan)
    with pytest.raises(DataError, match="a plan or a target must be given, however: neither is"):
        rm.train(plan.run.data.path)


@pytest.mark.slow
def test_a_run_in_memory(plan, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fast = plan.scored_by(["scorecard"])
    run = rm.train(table.to_pandas(), fast, prune={"scorecard/features": 0.5})
    assert not list(tmp_path.iterdir())
    assert run.champion.name == "scorecard"
    assert run.why() in run._repr_html_() or run.why()
    assert run.table()["variant"].tolist() == list(run.models)
    frame = table.to_pandas()
    pd = run.chosen.predict_proba(frame)
    for given in (table, polars.from_arrow(table), polars.from_arrow(table).lazy()):
        assert np.array_equal(run.chosen.predict_proba(given), pd, equal_nan=True)
    assert isinstance(run.chosen.decide(polars.from_arrow(table)), polars.DataFrame)
    assert run.chosen.explain(frame).shape == (3000, len(run.chosen.features))
    run.chosen.save(tmp_path / "bundle")
    record = frame.iloc[0].to_dict()
    assert rm.load(tmp_path / "bundle").decide(record) == run.chosen.decide(record)
    assert run.report(tmp_path / "review.html").stat().st_size > 1e5
    review = rm.review(run.champion, run.chosen, frame, target="default")
    assert review.verdict in str(review)


@pytest.mark.slow
def test_a_booster_in_memory_comes_back_as_its_class(table):
    frame = table.to_pandas()
    booster = lightgbm.LGBMClassifier(n_estimators=30, num_leaves=7, verbose=-1, n_jobs=1)
    booster.fit(frame[FEATURES][:1000], frame["default"][:1000])
    small = rm.prune(booster, frame[FEATURES][1000:], frame["default"][1000:], keep=0.3, anyway=True)
    assert isinstance(small.model, lightgbm.LGBMClassifier)
    assert small.model.booster_.num_trees() <= 30
    assert small.table()["name"][0] == "given"
    assert "<svg" in small.plot().svg
