"""A column of PDs is learnt without the model that made it, and judged against it as every challenger."""

import json

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from riskmodel import prune_pd
from riskmodel.errors import DataError, RiskModelError
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import from_pd
from riskmodel.workflows.prune.size import Size


def applications(count=4001, seed=0):
    """A vendor's score of two columns, and outcomes that follow it."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: draw.normal(size=count) for name in ("income", "debt", "age")})
    frame["vendor"] = expit(-1.2 - 1.4 * frame["income"] + frame["debt"])
    frame["default"] = (draw.random(count) < frame["vendor"]).astype(int)
    return frame


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    place = tmp_path_factory.mktemp("column") / "table.parquet"
    applications().to_parquet(place)
    return place


@pytest.fixture
def asked(riskmodel):
    """Runs `riskmodel prune` on the column; gives back exit code, standard output and error output."""

    def run(table, output, *more):
        rows = ("--data", table, "--target", "default", "--teacher-pd", "vendor")
        return riskmodel("--quiet", "prune", *rows, "--output", output, *more)

    return run


@pytest.mark.parametrize("suffix", [".txt", ".json", ".ubj"])
def test_a_student_is_a_native_file_of_either_library(asked, table, tmp_path, suffix):
    output = tmp_path / f"small{suffix}"
    code, _, err = asked(table, output, "--leaves", "16", "--anyway")
    assert code in (0, 3), err
    fresh = applications(3001, 9)
    rows = fresh[["income", "debt", "age"]]
    if suffix == ".txt":
        own = lightgbm.Booster(model_file=str(output)).predict(rows)
    else:
        own = xgboost.Booster(model_file=str(output)).predict(xgboost.DMatrix(rows))
    assert roc_auc_score(fresh["default"], own) > roc_auc_score(fresh["default"], fresh["vendor"]) - 0.03
    assert abs(own.mean() - fresh["vendor"].mean()) < 0.02
    facts = json.loads((tmp_path / f"small{suffix}.plan.json").read_text())
    assert facts["record"]["given"]["teacher_pd"] == "vendor"
    assert facts["selection"][0]["leaves"] is None
    assert facts["certificate"]["margin_bound"] is None
    page = (tmp_path / f"small{suffix}.html").read_text()
    assert "NOT EVALUATED" in page
    assert "vendor, learnt from its column" in page


def test_the_students_never_look_at_the_column_that_they_learn(table, tmp_path):
    frontier = from_pd.learn(
        from_pd.LearntColumn(table, "default", "vendor"), tmp_path / "small.txt", Size(leaves=12), Stages(None), True
    )
    booster = lightgbm.Booster(model_file=str(tmp_path / "small.txt"))
    assert booster.feature_name() == ["income", "debt", "age"]
    assert frontier.written.leaves <= 12


def test_columns_are_left_out_and_directions_are_kept(asked, table, tmp_path):
    output = tmp_path / "small.txt"
    code, _, err = asked(
        table, output, "--leaves", "24", "--ignore", "age", "--monotone", "income=-1,debt=1", "--anyway"
    )
    assert code in (0, 3), err
    booster = lightgbm.Booster(model_file=str(output))
    assert booster.feature_name() == ["income", "debt"]
    grid = np.column_stack([np.linspace(-3, 3, 200), np.zeros(200)])
    assert (np.diff(booster.predict(grid)) <= 1e-12).all()


def test_applications_without_outcome_teach_too(asked, table, tmp_path):
    more = tmp_path / "more.parquet"
    applications(900, 4).drop(columns="default").to_parquet(more)
    code, _, err = asked(table, tmp_path / "small.txt", "--leaves", "12", "--unlabelled", str(more), "--anyway")
    assert code in (0, 3), err
    assert "unlabelled" in json.loads((tmp_path / "small.txt.plan.json").read_text())["record"]


@pytest.mark.parametrize(
    ("changed", "more", "message"),
    [
        ({"vendor": 640.0}, (), "'vendor' must be a PD in [0, 1], however: 4,001 of 4,001 rows lie outside"),
        ({"vendor": 0.2}, (), "'vendor' must tell rows apart, however: it is the same in all 4,001"),
        ({"vendor": lambda rows: 100 * rows["vendor"]}, (), "rows lie outside; in per cent? divide by 100"),
        ({"vendor": lambda rows: 1 - rows["vendor"]}, (), "'vendor': its PD must rise with the outcome, however"),
        ({"vendor": lambda rows: rows["default"]}, (), "'vendor' must be a PD, however: it is 0 or 1 in every row"),
        ({"points": lambda rows: 600 - 9 * rows["vendor"]}, (), "'points' must not stand for 'vendor', however: it"),
        ({"vendor": "high"}, (), "'vendor' must be a PD in [0, 1], however: "),
        ({"age": "old"}, (), "column 'age' must be numbers, however: "),
        ({}, ("--ignore", "nothing"), "no column 'nothing'"),
        ({}, ("--weight", "vendor"), "the column of PDs must not be outcome, id or weight, nor ignored, however: 'v"),
        ({}, ("--keep", "0.5"), "of a column leaves or the margin must set the size"),
        ({}, ("--method", "collapse"), "--teacher-pd is learnt by distil, however: by --method collapse"),
        ({}, ("--monotone", "other=1"), "a direction must be 1, -1 or 0 of a feature, however: 1 of 'other'"),
        ({}, ("--ignore", "income", "--ignore", "debt", "--ignore", "age"), "must have a column to learn from"),
    ],
)
def test_bad_input_is_told_in_one_line(asked, tmp_path, changed, more, message):
    place = tmp_path / "table.parquet"
    applications().assign(**changed).to_parquet(place)
    code, _, err = asked(place, tmp_path / "small.txt", *more)
    assert code not in (0, 3)
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.parquet"]


def test_a_missing_pd_and_an_absent_column_are_told(asked, tmp_path):
    place = tmp_path / "table.parquet"
    frame = applications()
    frame.loc[[3, 5], "vendor"] = np.nan
    frame.to_parquet(place)
    assert (
        "'vendor' must be a PD in every row, however: it is missing in 2 of 4,001"
        in asked(place, tmp_path / "small.txt")[2]
    )
    frame.drop(columns="vendor").to_parquet(place)
    assert "no column 'vendor'" in asked(place, tmp_path / "small.txt")[2]


def test_a_model_and_a_column_are_one_too_many(asked, riskmodel, table, tmp_path):
    code, _, err = riskmodel("prune", "--data", table, "--target", "default", "--output", tmp_path / "x.txt")
    assert code == 2
    assert "Missing argument 'MODEL', or --teacher-pd." in err
    assert "a model or --teacher-pd must be given, however: both" in asked(table, tmp_path / "s.txt", "model.txt")[2]


def test_in_memory_the_same():
    frame = applications(4001, 3)
    rows = frame[["income", "debt", "age"]]
    small = prune_pd(frame["vendor"], rows, frame["default"], leaves=20, anyway=True, progress=False)
    assert small.plan is None
    assert small.evidence.written.leaves <= 20
    assert np.isnan(small.table()["leaves"].iloc[0])
    assert small.why("given").startswith("given: NOT EVALUATED leaves")
    assert small.model.predict(rows.to_numpy()).shape == (4001,)
    by_place = prune_pd(
        frame["vendor"], rows.to_numpy(), frame["default"], leaves=8, as_="xgboost", anyway=True, progress=False
    )
    assert isinstance(by_place.model, xgboost.Booster)
    with pytest.raises(DataError, match="pd, X and y must be of one length, however: 4001 and 7"):
        prune_pd(frame["vendor"][:7], rows, frame["default"], leaves=8)
    with pytest.raises(DataError, match=r"^pd must be a PD in every row, however: it is missing in 1 of 4,001"):
        prune_pd(frame["vendor"].where(frame.index != 3), rows, frame["default"], leaves=8)
    with pytest.raises(DataError, match="margin and leaves each set the size"):
        prune_pd(frame["vendor"], rows, frame["default"], leaves=8, margin=0.01)
    with pytest.raises(RiskModelError, match="as_ must be lightgbm or xgboost, however: 'catboost'"):
        prune_pd(frame["vendor"], rows, frame["default"], leaves=8, as_="catboost")
