"""A model file that was trained elsewhere, handed to another system: as its own library scores it, or one line."""

import json

import lightgbm
import native
import numpy as np
import pandas as pd
import pytest
import xgboost
from click.testing import CliRunner
from foreign import LEVELS, NAMES, frame

from riskmodel import bundle, scorers
from riskmodel.cli import cli
from riskmodel.core import Policy
from riskmodel.errors import RiskModelError
from riskmodel.scorers import ModelSettings
from riskmodel.workflows.export import export, in_words

runtime = pytest.importorskip("onnxruntime")
MISSING = -9.0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An early-stopped XGBoost model with a number for missing, its file, and rows as a CSV."""
    folder = tmp_path_factory.mktemp("elsewhere")
    train, rows = frame(900, 1), frame(400, 2)
    train.loc[::3, "income"] = rows.loc[::3, "income"] = MISSING
    model = xgboost.XGBClassifier(
        n_estimators=60,
        max_depth=3,
        learning_rate=0.5,
        missing=MISSING,
        early_stopping_rounds=2,
        enable_categorical=True,
    )
    model.fit(train[NAMES], train["default"], eval_set=[(rows[NAMES], rows["default"])], verbose=False)
    model.get_booster().save_model(folder / "model.json")
    rows.to_csv(folder / "rows.csv", index=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()
    return model, rows, folder


def fed(certificate, rows):
    """Rows as the certificate says that they are fed in."""
    columns = []
    for column in certificate["input"]["columns"]:
        values = rows[column["name"]]
        if "levels" in column:
            values = pd.Categorical(values, column["levels"]).codes.astype(float)
            columns.append(np.where(values < 0, np.nan, values))
        else:
            columns.append(np.where(np.isin(values, column.get("missing", [])), np.nan, values))
    return np.column_stack(columns)


@pytest.mark.parametrize("all_trees", [False, True])
def test_onnx_runtime_scores_what_the_wrapper_or_the_booster_scores(made, all_trees, tmp_path):
    model, rows, folder = made
    settings = ModelSettings(missing=MISSING, all_trees=all_trees)
    certificate = export(folder / "model.json", tmp_path / "m.onnx", data=folder / "rows.csv", settings=settings)
    session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    [answer] = session.run(["pd"], {"rows": fed(certificate, rows)})
    data = xgboost.DMatrix(rows[NAMES], missing=MISSING, enable_categorical=True)
    theirs = model.get_booster().predict(data) if all_trees else model.predict_proba(rows[NAMES])[:, 1]
    np.testing.assert_allclose(answer.ravel(), theirs, rtol=0, atol=1e-6)
    assert certificate["parity"].keys() == {"rows", "largest_pd_change", "rows_from"}
    assert "no decision turns" not in in_words(certificate, tmp_path / "m.onnx")


def test_a_native_file_has_the_trees_that_are_used_and_no_others(made, tmp_path):
    model, rows, folder = made
    certificate = export(folder / "model.json", tmp_path / "m.json", "native", settings=ModelSettings(missing=MISSING))
    booster = xgboost.Booster(model_file=tmp_path / "m.json")
    assert booster.num_boosted_rounds() == model.best_iteration + 1
    matrix = xgboost.DMatrix(fed(certificate, rows), feature_types=booster.feature_types, enable_categorical=True)
    theirs = model.predict_proba(rows[NAMES])[:, 1]
    np.testing.assert_allclose(booster.predict(matrix, validate_features=False), theirs, rtol=0, atol=1e-6)


def test_what_was_not_said_is_refused_where_the_rows_show_it(made, tmp_path):
    """A LightGBM text whose levels nobody tells, and levels that the table does not have."""
    train = frame(900, 1)
    model = lightgbm.LGBMClassifier(n_estimators=5, min_data_per_group=5, verbose=-1)
    codes = train.assign(purpose=train["purpose"].cat.codes)
    model.fit(codes[NAMES], codes["default"], categorical_feature=["purpose"])
    model.booster_.save_model(tmp_path / "m.txt")
    train.to_parquet(tmp_path / "rows.parquet")
    with pytest.raises(RiskModelError, match=r"'purpose' has levels that the model does not know in 100\.0%"):
        export(tmp_path / "m.txt", tmp_path / "m.onnx", data=tmp_path / "rows.parquet")
    with_levels = ModelSettings(levels={"purpose": list(LEVELS)})
    certificate = export(tmp_path / "m.txt", tmp_path / "m.onnx", data=tmp_path / "rows.parquet", settings=with_levels)
    assert certificate["parity"]["rows"] == 900
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.onnx", "m.onnx.json", "m.txt", "rows.parquet"]


def test_on_the_command_line(made, tmp_path):
    _, _, folder = made
    (tmp_path / "levels.json").write_text(json.dumps({"purpose": list(LEVELS)}))
    command = ["export", str(folder / "model.json"), "--missing", str(MISSING), "--all-trees"]
    command += ["--levels", str(tmp_path / "levels.json")]
    done = CliRunner().invoke(cli, [*command, "--output", str(tmp_path / "m.onnx")], catch_exceptions=False)
    assert done.exit_code == 0
    assert "no PD moves by more than" in done.output
    refused = CliRunner().invoke(cli, [*command, "--format", "sql", "--output", str(tmp_path / "m.sql")])
    assert refused.exit_code == 2
    assert "is of --format onnx or native, however: " in refused.output


def test_a_bundle_lost_nothing(fitted, tmp_path):
    bundle.save(bundle.pack(fitted("xgb"), Policy(0.3, 0.25, (0.1,)), {}, {}), tmp_path / "xgb")
    with pytest.raises(RiskModelError, match="a bundle lost nothing"):
        export(tmp_path / "xgb", tmp_path / "m.onnx", settings=ModelSettings(missing=-1.0))


@pytest.mark.parametrize("as_bundle", [True, False])
def test_many_trees_that_single_precision_rounds_are_no_other_model(as_bundle, tmp_path):
    native.many_trees().save_model(tmp_path / "many.json")
    given = tmp_path / "many.json"
    if as_bundle:
        saved = bundle.pack(scorers.open_native(given), Policy(0.999, 0.998, (0.1,)), {}, {})
        bundle.save(saved, given := tmp_path / "bundle")
    certificate = export(given, tmp_path / "m.json", "native")
    assert 1e-6 < certificate["parity"]["largest_pd_change"] < 2e-6  # said as it is


def test_another_model_is_not_taken_for_rounding(tmp_path, monkeypatch):
    native.many_trees(300).save_model(tmp_path / "many.json")
    kind = type(scorers.open_native(tmp_path / "many.json"))
    before = kind.standalone

    def without_a_tree(scorer):
        made = before(scorer)
        trees = made.ensemble
        return made.with_ensemble(type(trees)(trees.trees[1:], trees.intercept, trees.n_features, trees.rules))

    monkeypatch.setattr(kind, "standalone", without_a_tree)
    with pytest.raises(RiskModelError, match="the file may move a PD by 1e-06 at most, however: 0"):
        export(tmp_path / "many.json", tmp_path / "m.json", "native")
    assert not (tmp_path / "m.json").exists()
