"""`riskmodel prune --method remove_without_refit`: a native file that asks for fewer columns, and says the same."""

import json

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from foreign import FILES, LEVELS, NAMES, frame
from samples import drawn
from scipy.special import expit

from riskmodel import scorers

NUMBERS = [name for name in NAMES if name != "purpose"]


@pytest.fixture(scope="module")
def numeric(tmp_path_factory):
    """A model of numbers alone, that somebody else trained, and rows with outcomes."""
    folder = tmp_path_factory.mktemp("numeric")
    for name, rows, seed in (("train", 1500, 21), ("rows", 1900, 22)):
        sample = drawn(rows, seed)
        table = pd.DataFrame(sample.matrix, columns=NAMES)[NUMBERS].assign(default=sample.default)
        table.to_parquet(folder / f"{name}.parquet")
    train = pd.read_parquet(folder / "train.parquet")
    settings = {"objective": "binary", "num_leaves": 6, "learning_rate": 0.2, "verbose": -1, "num_threads": 1}
    data = lightgbm.Dataset(train[NUMBERS], train["default"])
    lightgbm.train(settings, data, 20).save_model(folder / "model.txt")
    return folder


@pytest.fixture
def prune(riskmodel, numeric, tmp_path):
    def run(*arguments):
        files = (numeric / "model.txt", "--data", numeric / "rows.parquet", "--target", "default")
        return riskmodel(
            "--quiet",
            "prune",
            *files,
            "--output",
            tmp_path / "small.txt",
            "--method",
            "remove_without_refit",
            *arguments,
        )

    return run


def test_a_count_of_features_is_kept_and_a_compact_file_asks_for_these_alone(prune, numeric, tmp_path):
    code, out, err = prune("--keep", 2, "--must-keep", "noise", "--compact", "--anyway", "--json")
    assert (code in (0, 3), err) == (True, "")
    plan = json.loads((tmp_path / "small.txt.plan.json").read_text())["plan"]
    kept = [plan["units"][i] for i in plan["kept"]]
    assert len(kept) == 2
    assert "noise" in kept
    small = lightgbm.Booster(model_file=str(tmp_path / "small.txt"))
    assert set(small.feature_name()) <= set(kept)
    rows = pd.read_parquet(numeric / "rows.parquet")[small.feature_name()]
    ours = scorers.open_native(tmp_path / "small.txt")
    np.testing.assert_allclose(small.predict(rows), expit(ours.margin(rows.to_numpy(np.float64))), rtol=1e-12)
    assert json.loads(out)["method"] == "remove_without_refit"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--keep", 9), "keep must be a share or 1 to 4 features, however: 9"),
        (("--leaves", 9), "a method that prunes features must be given keep or a margin, however: leaves"),
        (
            ("--keep", 0.5, "--must-keep", "wealth"),
            "must_keep must name features of the model, however: 'wealth' is none",
        ),
        (("--keep", 1.5), "keep must be in (0, 1], however: 1.5"),
    ],
)
def test_a_size_that_cannot_be_is_one_line(prune, arguments, message, tmp_path):
    code, _, err = prune(*arguments)
    assert code != 0
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_count_where_leaves_go_and_lists_of_another_method_are_one_line(riskmodel, numeric, tmp_path):
    files = (numeric / "model.txt", "--data", numeric / "rows.parquet", "--target", "default")
    for arguments, message in (
        (("--keep", 2), "keep must be in (0, 1], however: 2"),
        (("--keep", 0.5, "--must-keep", "noise"), "such as remove_without_refit, however: group_lasso"),
        (("--must-drop", "noise", "--method", "collapse"), "such as remove_without_refit, however: collapse"),
        (("--keep", 0.5, "--method", "features"), "method must prune trees"),
    ):
        code, _, err = riskmodel("--quiet", "prune", *files, "--output", tmp_path / "small.txt", *arguments)
        assert code != 0
        assert message in err


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("stays", "goes"), [("purpose", "income"), ("income", "purpose")])
def test_levels_go_with_their_columns(name, stays, goes, folder, riskmodel, tmp_path):  # noqa: PLR0917
    """The plain library opens the compact file, takes levels in another order, and agrees with the wide one."""
    files = (folder / name, "--data", folder / "rows.parquet", "--target", "default", "--id", "loan_id")
    lists = ("--must-keep", stays, "--must-drop", goes, "--method", "remove_without_refit", "--keep", 0.8, "--anyway")
    for output, more in (("wide", ()), ("small", ("--compact",))):
        place = tmp_path / f"{output}{(folder / name).suffix}"
        assert riskmodel("--quiet", "prune", *files, *lists, *more, "--output", place)[0] in {0, 3}
    rows = frame(400, 33)
    rows["purpose"] = rows["purpose"].cat.reorder_categories(list(reversed(LEVELS)))
    names, pds = [], []
    for output in ("wide", "small"):
        place = str(tmp_path / f"{output}{(folder / name).suffix}")
        if name.endswith(".txt"):
            library = lightgbm.Booster(model_file=place)
            names.append(library.feature_name())
            pds.append(library.predict(rows[names[-1]]))
        else:
            library = xgboost.Booster(model_file=place)
            names.append(library.feature_names)
            pds.append(library.predict(xgboost.DMatrix(rows[names[-1]], enable_categorical=True)))
    assert goes in names[0]
    assert stays in names[1]
    assert goes not in names[1]
    np.testing.assert_array_equal(*pds)
