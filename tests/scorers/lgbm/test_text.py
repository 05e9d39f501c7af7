"""LightGBM's text in and out: the same bytes without edits, a model that LightGBM loads with them, damage refused."""

import re

import lightgbm
import numpy as np
import pandas as pd
import pytest

from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.lgbm.reader import read
from riskmodel.scorers.lgbm.writer import write


def trained(rows=700, trees=12, seed=0, **parameters):
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 4))
    x[:, 1] = draw.integers(0, 40, rows)
    x[draw.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1]) % 3 + draw.normal(size=rows) > 2).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_leaves": 7, "min_data_per_group": 5, **parameters}
    data = lightgbm.Dataset(x, y, categorical_feature=[1], feature_name=["a", "b", "c", "naïve"])
    return lightgbm.train(settings, data, trees), x


@pytest.fixture(scope="module")
def text():
    return trained()[0].model_to_string()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"zero_as_missing": True},
        {"num_leaves": 2},
        {"min_data_in_leaf": 10_000},
        {"monotone_constraints": [1, 0, 0, -1]},
        {"boosting": "dart", "drop_rate": 0.5},
        {"objective": "cross_entropy"},
    ],
)
def test_read_and_written_without_edits_the_bytes_are_the_same(settings):
    text = trained(**settings)[0].model_to_string()
    assert write(*read(text)) == text


@pytest.mark.parametrize("kept", [[0], [3, 5], [1, 2, 3, 11], []])
def test_lightgbm_loads_a_cut_model_and_agrees(text, kept):
    _, x = trained()
    ensemble, frame = read(text)
    cut = ensemble.keep_trees(kept)
    again = lightgbm.Booster(model_str=write(cut, frame))
    assert again.num_trees() == max(1, len(kept))
    np.testing.assert_allclose(again.predict(x, raw_score=True), cut.margins(x), rtol=0, atol=1e-12)
    np.testing.assert_allclose(again.predict(x, pred_contrib=True).sum(axis=1), cut.margins(x), rtol=0, atol=1e-9)
    assert sum(again.feature_importance()) == sum(int((~tree.is_leaf).sum()) for tree in cut.trees)


def test_a_cut_model_can_be_trained_on(text):
    _, x = trained()
    ensemble, frame = read(text)
    again = lightgbm.Booster(model_str=write(ensemble.keep_trees([0, 4]), frame))
    y = (np.nan_to_num(x[:, 0]) > 0).astype(int)
    data = lightgbm.Dataset(x, y, categorical_feature=[1], feature_name=["a", "b", "c", "naïve"])
    more = lightgbm.train({"objective": "binary", "verbose": -1}, data, 3, init_model=again)
    assert more.num_trees() == 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tree_sizes=", "tree_sizes=9"),
        ("Tree=1\n", "Tree=7\n"),
        ("left_child=", "left_child=5 "),
        ("num_leaves=7", "num_leaves=x"),
        ("split_feature=", "split_feature=99 "),
        ("end of trees", "the end"),
        ("max_feature_idx=3", "max_feature_idx=0"),
        ("version=v4", "version=v3"),
        ("label_index=0", "label_index=0\nlabel_index=0"),
        ("num_cat=1", "num_cat=2"),
        ("cat_boundaries=0 ", "cat_boundaries=0 9"),
        ("cat_threshold=", "cat_threshold=-"),
        ("decision_type=", "decision_type=9"),
        ("leaf_value=", "leaf_value=nan "),
        ("leaf_count=", "leaf_count=-"),
        ("feature_names=a b", "feature_names=ab"),
        ("[num_leaves: 7]", "num_leaves 7"),
        ("pandas_categorical:null", 'pandas_categorical:{"a": 1}'),
    ],
)
def test_damage_is_told_before_the_library_sees_it(text, old, new):
    with pytest.raises(BundleError, match="LightGBM text"):
        read(text.replace(old, new, 1))


def test_a_text_without_tree_sizes_is_read_tree_by_tree_as_lightgbm_does(text):
    bare = re.sub(r"tree_sizes=.*\n", "", text)
    ensemble, frame = read(bare)
    assert write(ensemble, frame) == bare
    _, x = trained()
    theirs = lightgbm.Booster(model_str=bare).predict(x, raw_score=True)
    np.testing.assert_allclose(ensemble.margins(x), theirs, rtol=0, atol=1e-12)
    assert write(*read(text)).count("tree_sizes=") == 1


def test_windows_line_ends_are_refused_since_sizes_count_bytes(text):
    with pytest.raises(BundleError, match=r"has \\r"):
        read(text.replace("\n", "\r\n"))


def test_what_stands_around_the_trees_is_carried():
    draw = np.random.default_rng(0)
    table = pd.DataFrame({"a=b": draw.normal(size=300), "naïve-1 %": pd.Categorical(draw.choice(["é", "b"], 300))})
    settings = {"objective": "binary", "verbose": -1, "monotone_constraints": [-1, 0]}
    booster = lightgbm.train(settings, lightgbm.Dataset(table, draw.integers(0, 2, 300)), 3)
    ensemble, frame = read(booster.model_to_string())
    again = write(ensemble.keep_trees([1]), frame)
    for around in (frame, read(again)[1]):
        assert around.names == ("a=b", "naïve-1_%")
        assert around.monotone == (-1, 0)
        assert around.pandas_categorical == [["b", "é"]]
        assert around.parameters["objective"] == "binary"
        assert around.infos[1] in ("0:1", "1:0", "-1:0:1", "-1:1:0", "none")
    np.testing.assert_array_equal(
        lightgbm.Booster(model_str=again).predict(table), lightgbm.Booster(model_str=again).predict(table[::-1])[::-1]
    )


def test_a_split_beside_missing_values_only_has_an_infinite_threshold():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 1))
    x[:150] = np.nan
    y = (np.isnan(x[:, 0]) ^ (draw.random(400) < 0.1)).astype(int)
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(x, y), 3)
    ensemble, frame = read(booster.model_to_string())
    assert np.isinf(ensemble.trees[0].threshold).any()
    assert write(ensemble, frame) == booster.model_to_string()
    rows = np.vstack([x, [[np.inf], [-np.inf], [1e300]]])
    np.testing.assert_allclose(ensemble.margins(rows), booster.predict(rows, raw_score=True), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_a_truncated_text_is_damaged(text, cut):
    with pytest.raises(BundleError):
        read(text[: int(cut * len(text))])


def test_what_is_not_one_sum_of_trees_is_refused():
    forest, _ = trained(boosting="rf", bagging_fraction=0.5, bagging_freq=1)
    with pytest.raises(UnsupportedScorer, match="random forest"):
        read(forest.model_to_string())
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(300, 2)), draw.integers(0, 3, 300)
    several = lightgbm.train({"objective": "multiclass", "num_class": 3, "verbose": -1}, lightgbm.Dataset(x, y), 2)
    with pytest.raises(UnsupportedScorer, match="one output"):
        read(several.model_to_string())
    linear = lightgbm.train(
        {"objective": "binary", "linear_tree": True, "verbose": -1}, lightgbm.Dataset(x, (y > 1).astype(int)), 2
    )
    with pytest.raises(UnsupportedScorer, match="linear"):
        read(linear.model_to_string())
    with pytest.raises(UnsupportedScorer, match="objective must be binary"):
        read(trained(sigmoid=2.0)[0].model_to_string())
    with pytest.raises(UnsupportedScorer, match="of its user's own"):
        read(re.sub(r"objective=.*\n", "", trained()[0].model_to_string(), count=1))
