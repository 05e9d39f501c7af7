"""`riskmodel prune --as`: a file of another library, categories as its own, or one line."""

import json

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost
from catboost import CatBoostClassifier

from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers import open_native
from riskmodel.scorers.foreign import other_library
from riskmodel.workflows.prune import as_library

pytestmark = pytest.mark.usefixtures("few_sizes")
QUICK = {"iterations": 20, "depth": 4, "verbose": False, "thread_count": 1, "allow_writing_files": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A `cbm`, and a CSV of whole numbers that are levels."""
    place, draw = tmp_path_factory.mktemp("as"), np.random.default_rng(0)
    table = pd.DataFrame({"a": draw.normal(size=2000), "code": draw.integers(1, 6, 2000)})
    margin = table["a"] - 1 + 2.0 * table["code"].isin([2, 5])
    table["default"] = (draw.random(2000) < 1 / (1 + np.exp(-margin))).astype(int)
    table.to_csv(place / "rows.csv", index=False)
    model = CatBoostClassifier(**QUICK, cat_features=["code"], one_hot_max_size=9)
    model.fit(table[["a", "code"]][:900], table["default"][:900]).save_model(str(place / "model.cbm"))
    return place


@pytest.fixture
def prune(riskmodel, folder, tmp_path):
    def run(library, output, *more):
        size = () if more else ("--target", "default", "--keep", 0.6, "--method", "prefix")
        given = ("--data", folder / "rows.csv", *size, "--anyway", "--as", library, "--output", tmp_path / output)
        return riskmodel("--quiet", "prune", folder / "model.cbm", *given, *more)

    return run


@pytest.mark.parametrize(("library", "name"), [("lightgbm", "small.txt"), ("xgboost", "small.ubj")])
def test_a_cbm_becomes_a_file_of_another_library(prune, folder, tmp_path, library, name):
    code, _, err = prune(library, name)
    assert (code in (0, 3), err) == (True, "")
    assert json.loads((tmp_path / f"{name}.plan.json").read_bytes())["record"]["model"]["written_as"] == library
    X = pd.read_csv(folder / "rows.csv", dtype={"code": "category"})[["a", "code"]]
    X["code"] = X["code"].cat.rename_categories(int)
    if library == "lightgbm":
        theirs = lightgbm.Booster(model_file=tmp_path / name).predict(X)
    else:
        booster = xgboost.Booster(model_file=tmp_path / name)
        theirs = booster.predict(xgboost.DMatrix(X, enable_categorical=True))
    given = CatBoostClassifier().load_model(str(folder / "model.cbm"))
    assert np.corrcoef(theirs, given.predict_proba(X.astype({"code": int}))[:, 1])[0, 1] > 0.97


def test_the_same_decisions_may_be_another_librarys(prune, tmp_path):
    code, _, err = prune("xgboost", "alike.json", "--same-decisions", "0.9")
    assert (code in (0, 3), err) == (True, "")
    assert open_native(tmp_path / "alike.json").kind == "xgb"


@pytest.mark.parametrize(
    ("library", "name", "line"),
    [
        ("lightgbm", "small.cbm", "a LightGBM text must not end in .ubj, .json or .cbm, however: .cbm"),
        ("xgboost", "small.cbm", "must end in .ubj or .json, however: .cbm is of another library"),
    ],
)
def test_a_name_of_a_third_library_is_one_line(prune, tmp_path, library, name, line):
    code, _, err = prune(library, name)
    assert (code, err.count("\n"), line in err) == (1, 1, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("--teacher-pd", "a"), "--as is for a MODEL: what --teacher-pd learns is of the library that the name of"),
        (("net.onnx",), "--worst-case are of trees alone, however: the model is a network"),
    ],
)
def test_what_has_no_other_library_is_one_line(riskmodel, folder, tmp_path, given, line):
    more = ("--data", folder / "rows.csv", "--target", "default", "--output", tmp_path / "s.json")
    code, _, err = riskmodel("prune", *given, *more, "--as", "xgboost")
    assert (code, line in err) == (1, True)


def test_a_row_that_is_rounded_over_a_threshold_is_refused(tmp_path):
    draw = np.random.default_rng(0)
    a = 1 + draw.integers(0, 2, 400) * 1e-12  # two values that are one in single precision
    table = pd.DataFrame({"a": a, "b": draw.normal(size=400)})
    model = lightgbm.LGBMClassifier(n_estimators=3, min_child_samples=5, verbose=-1, n_jobs=1)
    model.fit(table, (a > 1).astype(int)).booster_.save_model(tmp_path / "m.txt")
    given = open_native(tmp_path / "m.txt")
    made = other_library.converted(given, {}, "xgboost", has_names=True)
    with pytest.raises(UnsupportedScorer, match=r"in \d+ of 400 rows a number is rounded over a threshold"):
        as_library.hold_alike(given, made, pa.Table.from_pandas(table))
