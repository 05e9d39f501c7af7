"""A file of CatBoost takes the texts of its levels from the rows, in whichever way these are kept."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from riskmodel.scorers import ModelSettings
from riskmodel.workflows import row_levels

catboost = pytest.importorskip("catboost")
CATEGORIES = ["purpose", "code", "owner"]


def loans(count, seed):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "purpose": draw.choice(["car", "home", "NA", "3"], count).astype(object),
            "income": draw.normal(size=count),
            "code": draw.integers(0, 6, count),
            "owner": draw.random(count) < 0.5,
        }
    )
    bad = (X["purpose"] == "NA") | (X["owner"] & (X["code"] > 3)) | (X["income"] < -1)
    return X, (draw.random(count) < np.where(bad, 0.6, 0.2)).astype(int)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("catboost")
    options = {"iterations": 20, "depth": 3, "one_hot_max_size": 9, "verbose": 0, "thread_count": 1}
    model = catboost.CatBoostClassifier(cat_features=CATEGORIES, allow_writing_files=False, **options)
    model.fit(*loans(1200, 1)).save_model(str(folder / "model.cbm"))
    X, y = loans(3001, 60)
    rows = X.assign(default=y)
    rows.to_parquet(folder / "loans.parquet")
    rows.to_csv(folder / "loans.csv", index=False)
    return folder


@pytest.mark.parametrize("name", ["loans.parquet", "loans.csv"])
def test_levels_are_those_of_the_rows(places, name):
    model, settings = row_levels.opened(places / "model.cbm", ModelSettings(), places / name)
    by_name = {column.name: column.categories for column in model.scorer.features}
    assert set(by_name["purpose"]) == {"car", "home", "NA", "3"}
    assert set(by_name["owner"]) & {"0", "1"}
    assert list(settings.levels["code"]) == list(by_name["code"])


def test_a_category_of_booleans_is_0_and_1():
    rows = pa.table({"owner": [True, None, True], "code": [3, 1, None], "rest": [1, 2, 3]})
    assert row_levels.levels_of(rows, ["owner", "code"]) == {"owner": ["0", "1"], "code": ["1", "3"]}


def test_the_command_prunes_a_cbm(places, riskmodel):
    output, data = places / "small.cbm", places / "loans.csv"
    options = ("--data", data, "--target", "default", "--keep", 0.5, "--method", "prefix", "--anyway", "--json")
    code, _, err = riskmodel("--quiet", "prune", places / "model.cbm", *options, "--output", output)
    assert code in (0, 3), err
    small, given = (catboost.CatBoost().load_model(str(path)) for path in (output, places / "model.cbm"))
    assert small.tree_count_ < given.tree_count_
    record = json.loads((places / "small.cbm.plan.json").read_bytes())["record"]["model"]
    assert set(record["settings"]["levels"]) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--missing", -1), "missing"),
        (("--all-trees",), "all_trees"),
        (("--missing", 0, "--all-trees"), "missing and all_trees"),
    ],
)
def test_what_only_xgboost_knows_is_refused_for_others(places, riskmodel, options, names):
    given = ("--data", places / "loans.csv", "--target", "default", "--output", places / "other.cbm")
    code, _, said = riskmodel("prune", places / "model.cbm", *given, *options)
    assert code == 1
    assert said.endswith(f"model.cbm: {names} must be given for XGBoost alone, however: the model is of catboost\n")
