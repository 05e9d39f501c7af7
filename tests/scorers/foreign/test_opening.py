"""Somebody else's model: opened from a table of values, it scores as its own library does; anything else is refused."""

import bz2
import lzma
import pickle
import re
import zlib

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xgboost

from riskmodel import limits
from riskmodel.core import Development, Kind, Sample
from riskmodel.datasets import encode
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers import open_native
from riskmodel.scorers.foreign.model import ModelSettings
from riskmodel.scorers.foreign.opening import open_model

LGBM = {"objective": "binary", "verbose": -1, "num_leaves": 7, "min_data_per_group": 5, "num_threads": 1}
XGB = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}


def frame(rows=700, seed=0):
    draw = np.random.default_rng(seed)
    result = pd.DataFrame(
        {
            "income": draw.normal(size=rows),
            "purpose": pd.Categorical(draw.choice(["car", "boat", "debt"], rows), categories=["debt", "car", "boat"]),
            "grade": pd.Categorical(draw.choice([3, 1, 7], rows), categories=[7, 3, 1]),
            "months": draw.integers(0, 60, rows).astype(float),
        }
    )
    margin = result["income"] + 2 * (result["purpose"] == "car") - 2 * (result["grade"] == 3)
    result.loc[::9, "income"], result.loc[::13, "purpose"] = np.nan, None
    return result, (draw.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)


def other_order(native):
    return native.assign(
        purpose=native["purpose"].cat.set_categories(["boat", "car", "debt"]),
        grade=native["grade"].cat.set_categories([1, 3, 7]),
    )


def lgbm(**settings):
    result, outcome = frame()
    return lightgbm.train({**LGBM, **settings}, lightgbm.Dataset(result, outcome), 12)


def xgb(rounds=12, **settings):
    return xgboost.train({**XGB, **settings}, xgboost.DMatrix(*frame(), enable_categorical=True), rounds)


def rows_for(scorer, native):
    return encode.matrix(pa.Table.from_pandas(native, preserve_index=False), scorer.features)


def saved(tmp_path, booster, name):
    booster.save_model(str(tmp_path / name))
    return tmp_path / name


def test_a_lightgbm_text_scores_a_table_whose_levels_stand_in_another_order(tmp_path):
    booster = lgbm(monotone_constraints=[1, 0, 0, -1])
    path = saved(tmp_path, booster, "model.txt")
    scorer, result = open_native(path), other_order(frame(300, 1)[0])
    np.testing.assert_allclose(scorer.pd(rows_for(scorer, result)), booster.predict(result), rtol=0, atol=1e-12)
    assert [column.name for column in scorer.features] == ["income", "purpose", "grade", "months"]
    assert [column.monotone for column in scorer.features] == [1, 0, 0, -1]
    assert [column.categories for column in scorer.features] == [(), ("debt", "car", "boat"), ("7", "3", "1"), ()]
    assert scorer.model == path.read_bytes()


@pytest.mark.parametrize("name", ["model.json", "model.ubj", "model"])
@pytest.mark.parametrize("settings", [{}, {"booster": "dart", "rate_drop": 0.5}])
def test_an_xgboost_file_scores_a_table_whose_levels_stand_in_another_order(tmp_path, name, settings):
    booster = xgb(**settings)
    scorer, result = open_native(saved(tmp_path, booster, name)), other_order(frame(300, 1)[0])
    theirs = booster.predict(xgboost.DMatrix(result, enable_categorical=True))
    rows = rows_for(scorer, result)
    np.testing.assert_allclose(scorer.pd(rows), theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(scorer.contributions(rows).sum(axis=1), scorer.raw_margin(rows), rtol=0, atol=1e-5)
    assert [column.categories for column in scorer.features] == [(), ("debt", "car", "boat"), ("7", "3", "1"), ()]


@pytest.mark.parametrize("name", ["model.txt", "model.json"])
def test_what_was_opened_can_be_cut_and_trained_from_scratch(tmp_path, name):
    scorer = open_native(saved(tmp_path, lgbm() if name.endswith("txt") else xgb(), name))
    samples = []
    for rows, seed in ((700, 2), (400, 3)):
        result, outcome = frame(rows, seed)
        outcome = outcome.astype(np.int8)
        samples.append(Sample("s", scorer.features, rows_for(scorer, result), outcome, np.arange(rows)))
    development = Development(*samples)
    cut = scorer.with_ensemble(scorer.ensemble.keep_trees([0, 3]))
    np.testing.assert_allclose(
        cut.native_margin(development.tune.matrix), cut.ensemble.margins(development.tune.matrix), atol=1e-5
    )
    assert scorer.recipe.search == 0
    assert scorer.refit(development, scorer.features).features == scorer.features
    assert scorer.refit(development, scorer.features, 0.5).ensemble.n_leaves < scorer.ensemble.n_leaves


def codes():
    result, outcome = frame()
    return result.assign(purpose=result["purpose"].cat.codes, grade=result["grade"].cat.codes).to_numpy(float), outcome


def test_a_model_of_a_matrix_takes_its_codes_as_levels(tmp_path):
    x, y = codes()
    x[x < 0] = np.nan
    table = pd.DataFrame(x)
    data = lightgbm.Dataset(x, y, categorical_feature=[1, 2])
    text = open_native(saved(tmp_path, lightgbm.train(LGBM, data, 9), "model.txt"))
    table.columns = [column.name for column in text.features]
    np.testing.assert_allclose(text.native_margin(rows_for(text, table)), text.ensemble.margins(x), rtol=0, atol=1e-9)
    assert text.features[1].categories == ("0", "1", "2")
    data = xgboost.DMatrix(x, y, feature_types=["q", "c", "c", "q"], enable_categorical=True)
    booster = xgboost.train(XGB, data, 9)
    document = open_native(saved(tmp_path, booster, "model.json"))
    assert [column.name for column in document.features] == ["f0", "f1", "f2", "f3"]
    table.columns = [column.name for column in document.features]
    np.testing.assert_allclose(document.pd(rows_for(document, table)), booster.predict(data), rtol=0, atol=1e-6)


def test_a_sliced_xgboost_model_has_lost_its_levels_and_must_be_given_them(tmp_path):
    """XGBoost before 3.4.1 drops them without a word, and then scores a table in another order wrongly."""
    booster = xgb()
    path = saved(tmp_path, booster[0:8], "sliced.json")
    with pytest.raises(UnsupportedScorer, match=r"sliced.json: column '\w+' is split by category"):
        open_native(path)
    scorer = open_native(path, {"purpose": ["debt", "car", "boat"], "grade": [7, 3, 1]})
    result = other_order(frame(300, 1)[0])
    theirs = booster.predict(xgboost.DMatrix(result, enable_categorical=True), iteration_range=(0, 8))
    np.testing.assert_allclose(scorer.pd(rows_for(scorer, result)), theirs, rtol=0, atol=1e-6)
    with pytest.raises(UnsupportedScorer, match="'colour', which is not a feature"):
        open_native(path, {"purpose": [], "grade": [], "colour": ["red"]})


def test_pandas_levels_that_cannot_be_told_apart_must_be_given(tmp_path):
    """With an ordered category LightGBM keeps one list more than it has categorical columns."""
    result, outcome = frame()
    result["grade"] = result["grade"].cat.as_ordered()
    result["months"] = pd.Categorical(result["months"])
    booster = lightgbm.train(LGBM, lightgbm.Dataset(result, outcome), 9)
    path = saved(tmp_path, booster, "model.txt")
    with pytest.raises(UnsupportedScorer, match="give them in code order"):
        open_native(path)
    given = {name: list(result[name].cat.categories) for name in ("purpose", "grade", "months")}
    scorer = open_native(path, given)
    np.testing.assert_allclose(scorer.pd(rows_for(scorer, result)), booster.predict(result), rtol=0, atol=1e-12)


def test_an_early_stopped_file_has_the_trees_that_the_wrapper_scores_with(tmp_path):
    """best_iteration is in the file: XGBoost's scikit-learn wrapper stops there, Booster.predict does not."""
    table, _ = frame()
    booster = xgb()
    booster.set_attr(best_iteration="4")
    path = saved(tmp_path, booster, "model.json")
    wrapper, rows = xgboost.XGBClassifier(enable_categorical=True), xgboost.DMatrix(table, enable_categorical=True)
    wrapper.load_model(path)
    served = open_model(path)
    assert len(served.scorer.ensemble.trees) == 5
    theirs = wrapper.predict_proba(table)[:, 1]
    np.testing.assert_allclose(served.scorer.pd(rows_for(served.scorer, table)), theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(served.answer(table), theirs, rtol=0, atol=1e-7)
    assert "5 of 12 trees are used, up to best_iteration" in served.notes[0]
    whole = open_model(path, ModelSettings(all_trees=True))
    assert len(whole.scorer.ensemble.trees) == 12
    np.testing.assert_allclose(whole.scorer.pd(rows_for(whole.scorer, table)), booster.predict(rows), rtol=0, atol=1e-6)
    assert whole.notes == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps({"a": 1}), "a pickle"),
        (b"ccopy_reg\n_reconstructor\np0\n", "a pickle"),
        (bz2.compress(b"joblib"), "bzip2, which may hold a pickle"),
        (lzma.compress(b"joblib"), "xz, which may hold a pickle"),
        (lzma.compress(b"joblib", lzma.FORMAT_ALONE), "lzma, which may hold a pickle"),
        (zlib.compress(b"joblib"), "joblib"),
        (b"\x08\x0a\x12\x07pytorch", "ONNX"),
        (b"PAR1\x00", "Parquet"),
        (b"PK\x03\x04", "zip"),
        (b"binf\x00", "old binary"),
        (b"a,b\n1,2\n", "something else"),
        (b"", "empty"),
        (b"tree\r\nversion=v4\r\n", "end its lines"),
        (b"tree\n\xff\xff", "damaged"),
        (b"{}", "no learner"),
        (b"[" * 10_000, "something else"),
        (b'{"learner":' + b"[" * 100_000, "damaged"),
        (b"{L" + b"\x00" * 8 + b"{" * 200, "damaged"),
    ],
)
def test_what_is_no_model_is_told_in_one_line(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BundleError, match=message) as caught:
        open_native(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    with pytest.raises(BundleError, match="a folder"):
        open_native(tmp_path)
    with pytest.raises(BundleError, match="no such file"):
        open_native(tmp_path / "model.txt")


@pytest.mark.parametrize("parameter", ["[learning_rate: fast]", "[fair_c: nan]"])
def test_what_only_the_library_finds_wrong_is_told_too(tmp_path, parameter):
    path = tmp_path / "model.txt"
    name = parameter.split(":")[0]
    path.write_text(re.sub(rf"(?m)^{re.escape(name)}: .*$", parameter, lgbm().model_to_string()))
    with pytest.raises(BundleError, match="lgbm cannot load it"):
        open_native(path)


def test_a_categorical_column_is_one_for_the_rival_too(tmp_path):
    scorer = open_native(saved(tmp_path, lgbm(), "model.txt"))
    assert [column.kind for column in scorer.features] == [
        Kind.NUMERIC,
        Kind.CATEGORICAL,
        Kind.CATEGORICAL,
        Kind.NUMERIC,
    ]


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_more_trees_than_the_bound_are_refused_and_the_bound_can_be_raised(library, tmp_path, monkeypatch):
    rows = np.random.default_rng(0).normal(size=(300, 2))
    path = tmp_path / ("m.txt" if library == "lightgbm" else "m.json")
    if library == "lightgbm":
        lightgbm.train(LGBM, lightgbm.Dataset(rows, rows[:, 0] > 0), 5).save_model(path)
    else:
        xgboost.train(XGB, xgboost.DMatrix(rows, rows[:, 0] > 0), 5).save_model(path)
    monkeypatch.setattr(limits, "_raised", {"trees": 4})
    with pytest.raises(BundleError, match=r"trees must be at most 4, however: 5; --limit trees=5 allows it"):
        open_native(path)
    limits.allow("trees", 5)
    assert len(open_native(path).ensemble.trees) == 5
