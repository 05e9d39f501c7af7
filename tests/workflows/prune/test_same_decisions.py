"""`riskmodel prune --same-decisions` and the same in Python: what is said of decisions holds in the library itself."""

import json
from dataclasses import replace

import foreign
import lightgbm
import numpy as np
import pandas as pd
import pytest
from foreign import NAMES
from plain_words import plain
from scipy.stats import binomtest
from sklearn.ensemble import RandomForestClassifier

import riskmodel as rm
from riskmodel import prune_trees
from riskmodel.errors import DataError, RiskModelError
from riskmodel.evaluation.change.agreement import Agreement
from riskmodel.review.reports.same_decisions import DecisionPoint, SameDecisions
from riskmodel.workflows.prune import alike

SHARE = 0.95


@pytest.fixture(scope="module", autouse=True)
def few_keeps():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "KEEPS", (0.8, 0.4, 0.1))
        yield


@pytest.fixture(scope="module")
def booster(folder):
    return lightgbm.Booster(model_file=folder / "model.txt")


@pytest.fixture(scope="module")
def fresh():
    """Rows that neither the given model nor any cut has met."""
    return foreign.frame(3000, 77)[NAMES]


@pytest.fixture
def asked(riskmodel, folder, tmp_path):
    def run(*arguments, model="model.txt", data="rows.parquet", output="small.txt"):
        files = (folder / model, "--data", folder / data, "--output", tmp_path / output)
        return riskmodel("--quiet", "prune", *files, *arguments)

    return run


def test_the_smallest_that_decides_alike_is_written_and_the_library_agrees(asked, booster, fresh, tmp_path):
    code, out, err = asked("--same-decisions", SHARE, "--cutoff", 0.3, "--json")
    answer = json.loads(out)
    assert (code, err, answer["confirmed"]) == (0, "", True)
    same = answer["same_decisions"]
    exact = binomtest(same["rows"] - same["turned"], same["rows"], alternative="greater").proportion_ci(0.95, "exact")
    assert same["lower"] == pytest.approx(exact.low, abs=1e-12)
    assert same["lower"] >= SHARE
    small = lightgbm.Booster(model_file=tmp_path / "small.txt")
    alike_share = np.mean((booster.predict(fresh) >= 0.3) == (small.predict(fresh) >= 0.3))
    assert alike_share >= SHARE - 0.01
    assert answer["leaves"]["after"] < answer["leaves"]["before"]
    assert plain(answer["price"]).startswith("On selection 95.0000 % alike takes ")
    assert f" of {answer['leaves']['before']:,} leaves; " in answer["price"]
    record = json.loads((tmp_path / "small.txt.plan.json").read_text())
    assert record["small_changes"] == answer["small_changes"]
    assert record["small_changes"]["cutoff"] == 0.3
    assert record["small_changes"]["rows"] > 100
    assert "Small changes of the inputs" in (tmp_path / "small.txt.html").read_text()
    assert record["change"] == {}
    assert record["same_decisions"] == {"share": SHARE, "cutoff": 0.3}
    assert sum(sample["rows"] for sample in record["record"]["samples"].values()) == 2600
    assert "no outcomes were given" in (tmp_path / "small.txt.html").read_text()


def test_who_is_said_to_be_decided_alike_is(booster, fresh, monkeypatch):
    monkeypatch.setattr(alike, "KEEPS", (0.97,))
    made = rm.prune(booster, fresh, same_decisions=SHARE, cutoff=0.3, progress=False)
    everyone = made.evidence.everyone
    before, after = booster.predict(fresh), made.model.predict(fresh)
    outside = (before < everyone.low) | (before > everyone.high)
    assert 0 < outside.sum() < len(fresh)
    assert ((before >= 0.3) == (after >= 0.3))[outside].all()
    assert next(iter(made.table()["name"])) == "given"
    assert "decisions turn" in made.why("given")
    assert made.plot().svg.startswith("<svg")
    assert "turned" in made._repr_html_()


def test_outcomes_are_shown_beside_where_they_are_given(folder, booster):
    rows = pd.read_parquet(folder / "rows.parquet")
    rows["purpose"] = pd.Categorical(rows["purpose"], list(foreign.LEVELS))
    made = rm.prune(booster, rows[NAMES], rows["default"], same_decisions=SHARE, progress=False)
    assert set(made.evidence.change.differences) >= {"auc", "mean_pd"}
    assert len(made.evidence.tested) >= 2
    assert made.confirmed


def test_the_choice_does_not_depend_on_outcomes(booster, fresh):
    outcomes = np.random.default_rng(0).integers(0, 2, len(fresh))
    one, other = (rm.prune(booster, fresh, y, same_decisions=SHARE, progress=False) for y in (None, outcomes))
    assert one.evidence.chosen == other.evidence.chosen
    assert one.model.model_to_string() == other.model.model_to_string()


def test_a_share_that_so_few_rows_cannot_show_ends_with_3_and_says_how_many_are_needed(asked, tmp_path):
    code, out, _ = asked("--same-decisions")
    assert code == 3
    assert "test has 910 rows, and without a turned decision 2,995 are needed" in out
    assert [path.name for path in tmp_path.iterdir()] == ["small.txt.html"]
    code, _, _ = asked("--same-decisions", "--anyway")
    assert code == 3
    assert len(list(tmp_path.iterdir())) == 3


def test_more_applications_without_outcome_show_what_few_could_not(asked, folder, tmp_path):
    foreign.plain(foreign.frame(7000, 5)).drop(columns="default").to_parquet(folder / "applications.parquet")
    code, out, err = asked("--same-decisions", 0.99, "--unlabelled", folder / "applications.parquet", "--json")
    assert json.loads(out)["same_decisions"]["rows"] == round(0.35 * 9600), err
    assert code in (0, 3)


@pytest.fixture(scope="module")
def stumps():
    """A model of which much says the same: one feature a tree, many trees a feature."""
    rows = foreign.frame(1500, 8)
    data = lightgbm.Dataset(rows[NAMES[:2]], rows["default"])
    parameters = {"objective": "binary", "num_leaves": 2, "learning_rate": 0.2, "verbose": -1, "num_threads": 1}
    return lightgbm.train(parameters, data, 30)


def test_every_possible_applicant_is_a_matter_of_proof(stumps, booster, fresh):
    small = prune_trees(stumps, fresh[NAMES[:2]], same_decisions=1)
    assert small.num_trees() < stumps.num_trees()
    assert np.abs(small.predict(fresh[NAMES[:2]]) - stumps.predict(fresh[NAMES[:2]])).max() < 1e-6
    with pytest.raises(RiskModelError, match="nothing smaller is shown to decide alike"):
        prune_trees(booster, fresh, same_decisions=1)


def test_in_memory_the_class_comes_back(booster, fresh):
    small = prune_trees(booster, fresh, same_decisions=SHARE, cutoff=0.3)
    assert isinstance(small, lightgbm.Booster)
    assert np.mean((booster.predict(fresh) >= 0.3) == (small.predict(fresh) >= 0.3)) >= SHARE


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--same-decisions", "0"], "same decisions must be a share in (0, 1], however: 0"),
        (["--same-decisions", "1.5"], "same decisions must be a share in (0, 1], however: 1.5"),
        (["--same-decisions", ".99", "--cutoff", "1"], "the cutoff must be a PD in (0, 1), however: 1"),
        (["--target", "default", "--cutoff", ".2"], "--cutoff is of --same-decisions alone"),
        (["--same-decisions", ".99", "--keep", ".1"], "however: by --keep and --same-decisions"),
        (["--same-decisions", ".99", "--weight", "income"], "counts each row once, however: --weight is given"),
        (["--same-decisions", ".99", "--compact"], "--same-decisions is of trees alone, and without --compact"),
        (["--same-decisions", ".99", "--method", "prefix"], "must be able to learn PDs alone, however: 'prefix'"),
        (["--same-decisions", ".99", "--target", "defalt"], "no column 'defalt' for target"),
    ],
)
def test_what_cannot_be_asked_is_one_line(asked, tmp_path, options, message):
    code, out, err = asked(*options)
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert message in err
    assert not list(tmp_path.iterdir())


def test_in_python_too(booster, fresh):
    with pytest.raises(DataError, match="y must be given, however: None"):
        rm.prune(booster, fresh)
    with pytest.raises(DataError, match="y must be given, however: None"):
        prune_trees(booster, fresh, keep=0.5)
    with pytest.raises(RiskModelError, match="however: a size is given too"):
        prune_trees(booster, fresh, keep=0.5, same_decisions=0.9)
    with pytest.raises(RiskModelError, match="the cutoff is of same decisions alone"):
        prune_trees(booster, fresh, keep=0.5, cutoff=0.9)
    with pytest.raises(DataError, match="at least 400 rows"):
        prune_trees(booster, fresh[:300], same_decisions=0.9)
    with pytest.raises(RiskModelError, match="however: weights is given too"):
        prune_trees(booster, fresh, same_decisions=0.9, sample_weight=np.ones(len(fresh)))


def test_a_forest_is_refused_in_one_line():
    draw = np.random.default_rng(0)
    X, y = draw.normal(size=(500, 3)), draw.integers(0, 2, 500)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, y)
    with pytest.raises(RiskModelError, match="same_decisions is of boosters alone, however: a forest is given"):
        prune_trees(forest, X, same_decisions=0.9)
    with pytest.raises(RiskModelError, match="a forest has no native file"):
        rm.prune(forest, X, same_decisions=0.9, progress=False)


def test_what_a_share_takes_is_told_of_selection():
    given, half, small = (
        DecisionPoint(name, 2, leaves, Agreement(1000, 0, turned), 0.0)
        for name, leaves, turned in (("given", 100, 0), ("half", 50, 4), ("small", 10, 60))
    )
    answer = SameDecisions("", "", 0.99, 0.2, "half", False, (given, half, small), (), (), None, None, {})
    assert (
        plain(answer.price) == "On selection 99.0000 % alike takes 50 of 100 leaves; 50 leaves decide 99.600 % alike."
    )
    stricter = replace(answer, share=0.999)
    assert plain(stricter.price).startswith(
        "On selection 99.9000 % alike is reached by no smaller size of 100 leaves; 50 leaves"
    )
