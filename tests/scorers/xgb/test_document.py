"""XGBoost's document in and out: equal without edits, a model that XGBoost loads with them, damage refused."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import xgboost

from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.xgb import ubjson
from riskmodel.scorers.xgb.reader import read
from riskmodel.scorers.xgb.writer import write

TYPES = ["q", "c", "q", "q"]


def trained(rows=700, trees=12, **parameters):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, 4))
    x[:, 1] = draw.integers(0, 40, rows)
    x[draw.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1]) % 3 + draw.normal(size=rows) > 2).astype(int)
    data = xgboost.DMatrix(x, y, feature_types=TYPES, enable_categorical=True)
    return xgboost.train({"objective": "binary:logistic", "max_depth": 3, **parameters}, data, trees), x


def opened(text):
    booster = xgboost.Booster()
    booster.load_model(bytearray(text))
    return booster


@pytest.fixture(scope="module")
def text():
    return bytes(trained()[0].save_raw("json"))


@pytest.mark.parametrize("settings", [{}, {"max_cat_to_onehot": 100}, {"max_depth": 1}, {"base_score": 0.3}])
def test_read_and_written_without_edits_the_document_is_equal(settings):
    text = bytes(trained(**settings)[0].save_raw("json"))
    written = write(*read(text))
    assert json.loads(written) == json.loads(text)
    assert bytes(opened(written).save_raw("json")) == text


@pytest.mark.parametrize("settings", [{}, {"max_cat_to_onehot": 100}, {"booster": "dart", "rate_drop": 0.5}])
def test_the_binary_document_is_the_same_one(settings):
    booster, x = trained(**settings)
    binary, plain = bytes(booster.save_raw("ubj")), bytes(booster.save_raw("json"))
    assert write(*read(binary)) == write(*read(plain))
    again = opened(ubjson.dumps(ubjson.loads(binary)))
    assert bytes(again.save_raw("ubj")) == binary
    margins = again.inplace_predict(x, predict_type="margin")
    np.testing.assert_allclose(read(binary)[0].margins(x), margins, rtol=0, atol=1e-5)


def test_dart_weights_go_into_the_leaves():
    booster, x = trained(booster="dart", rate_drop=0.5, one_drop=1)
    weights = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["weight_drop"]
    assert len(set(weights)) > 2
    written = opened(write(*read(bytes(booster.save_raw("json")))))
    theirs = booster.inplace_predict(x, predict_type="margin")
    np.testing.assert_allclose(written.inplace_predict(x, predict_type="margin"), theirs, rtol=0, atol=1e-5)
    assert json.loads(written.save_raw("json"))["learner"]["gradient_booster"]["name"] == "gbtree"


@pytest.mark.parametrize("spelt", ["5E-1", "[5E-1]", "0.5", "[0.5]"])
def test_base_score_is_written_as_it_was_spelt(text, spelt):
    ensemble, frame = read(changed(text, ("learner", "learner_model_param", "base_score"), spelt))
    assert frame.intercept == 0
    cut = ensemble.keep_trees([2, 3])
    parameters = json.loads(write(cut, frame))["learner"]["learner_model_param"]
    assert parameters["base_score"].startswith("[") == spelt.startswith("[")


@pytest.mark.parametrize("intercept", [-30.0, -9.0, 0.1, 4.0, 12.0])
def test_an_intercept_that_a_probability_cannot_hold_goes_into_the_first_tree(text, intercept):
    _, x = trained()
    ensemble, frame = read(text)
    changed = dataclasses.replace(ensemble, intercept=intercept)
    theirs = opened(write(changed, frame)).inplace_predict(x, predict_type="margin")
    np.testing.assert_allclose(theirs, changed.margins(x), rtol=0, atol=1e-5)


def test_best_iteration_goes_with_the_first_edit_and_not_before():
    booster, _ = trained()
    booster.set_attr(best_iteration="3", note="kept")
    ensemble, frame = read(bytes(booster.save_raw("json")))
    assert frame.best_iteration == 3
    assert json.loads(write(ensemble, frame))["learner"]["attributes"] == {"best_iteration": "3", "note": "kept"}
    assert json.loads(write(ensemble.keep_trees([0]), frame))["learner"]["attributes"] == {"note": "kept"}


def test_the_levels_of_a_frame_are_carried_and_told():
    draw = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "a": draw.normal(size=300),
            "b": pd.Categorical(draw.choice(["x", "yy", "z"], 300), categories=["yy", "z", "x"]),
            "c": pd.Categorical(draw.choice([30, 1], 300), categories=[30, 1]),
            "d": pd.Categorical(draw.choice(["é", "b"], 300)),
        }
    )
    data = xgboost.DMatrix(table, draw.integers(0, 2, 300), enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic"}, data, 4)
    text = bytes(booster.save_raw("json"))
    ensemble, frame = read(text)
    assert frame.levels == ((), ("yy", "z", "x"), (30, 1), ())  # beyond ASCII XGBoost 3.2 cuts them short
    cut = json.loads(write(ensemble.keep_trees([1, 2]), frame))
    cats = json.loads(text)["learner"]["gradient_booster"]["model"]["cats"]
    assert cut["learner"]["gradient_booster"]["model"]["cats"] == cats


@pytest.mark.parametrize("kept", [[0], [3, 5], [1, 2, 3, 11]])
def test_xgboost_loads_a_cut_model_and_agrees(text, kept):
    _, x = trained()
    ensemble, frame = read(text)
    cut = ensemble.keep_trees(kept)
    again = opened(write(cut, frame))
    rows = xgboost.DMatrix(x, feature_types=TYPES, enable_categorical=True)
    assert again.num_boosted_rounds() == len(kept)
    np.testing.assert_allclose(again.predict(rows, output_margin=True), cut.margins(x), rtol=0, atol=1e-5)
    np.testing.assert_allclose(again.predict(rows, pred_contribs=True).sum(axis=1), cut.margins(x), rtol=0, atol=1e-5)


def test_a_cut_model_can_be_trained_on(text):
    _, x = trained()
    ensemble, frame = read(text)
    data = xgboost.DMatrix(x, np.nan_to_num(x[:, 0]) > 0, feature_types=TYPES, enable_categorical=True)
    start = opened(write(ensemble.keep_trees([0, 4]), frame))
    assert xgboost.train({"objective": "binary:logistic"}, data, 3, xgb_model=start).num_boosted_rounds() == 5


def test_the_last_tree_cannot_go(text):
    ensemble, frame = read(text)
    with pytest.raises(UnsupportedScorer, match="must keep a tree"):
        write(ensemble.keep_trees([]), frame)


def test_deleted_nodes_are_left_behind():
    """XGBoost's own pruning marks nodes as deleted and keeps them in the arrays."""
    booster, x = trained()
    types = {"feature_types": TYPES, "enable_categorical": True}
    data = xgboost.DMatrix(x, np.nan_to_num(x[:, 0]) > 0, **types)
    update = {"process_type": "update", "updater": "prune", "gamma": 5, "objective": "binary:logistic"}
    pruned = xgboost.train(update, data, booster.num_boosted_rounds(), xgb_model=booster)
    ensemble, frame = read(bytes(pruned.save_raw("json")))
    again = opened(write(ensemble, frame))
    np.testing.assert_allclose(again.predict(data), pruned.predict(data), rtol=0, atol=1e-6)
    assert ensemble.n_leaves < read(bytes(booster.save_raw("json")))[0].n_leaves


def changed(text, path, value):
    document = json.loads(text)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return json.dumps(document).encode()


MODEL = ("learner", "gradient_booster", "model")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*MODEL, "trees", 0, "left_children"), [1]),
        ((*MODEL, "trees", 0, "left_children", 0), 0),
        ((*MODEL, "trees", 0, "split_indices", 0), 99),
        ((*MODEL, "trees"), 7),
        (("learner", "learner_model_param", "base_score"), "[2.0]"),
        (("learner", "learner_model_param", "base_score"), "1e-9"),
        (("learner",), {}),
        ((*MODEL, "trees", 0, "left_children", 0), 1.0),
        ((*MODEL, "trees", 0, "split_conditions", 0), None),
        ((*MODEL, "trees", 0, "split_conditions", -1), float("nan")),
        ((*MODEL, "trees", 0, "split_conditions", -1), 1e39),
        ((*MODEL, "trees", 0, "split_type", 0), 2),
        ((*MODEL, "trees", 0, "sum_hessian", 0), float("inf")),
        ((*MODEL, "trees", 0, "categories"), [1 << 40]),
        ((*MODEL, "trees", 0, "categories_sizes"), [99]),
        ((*MODEL, "gbtree_model_param", "num_trees"), "3"),
        ((*MODEL, "tree_info", 0), 1),
        ((*MODEL, "iteration_indptr", 1), 2),
        ((*MODEL, "cats", "sorted_idx"), [5]),
        (("learner", "learner_model_param", "num_feature"), "4000000000"),
        (("learner", "learner_model_param", "num_feature"), 4),
        (("learner", "feature_names"), ["a"]),
        (("learner", "attributes"), {"a": 1}),
    ],
)
def test_damage_is_told(text, path, value):
    with pytest.raises(BundleError, match="XGBoost document is damaged"):
        read(changed(text, path, value))


def test_what_is_not_one_sum_of_trees_is_refused():
    linear = xgboost.train(
        {"objective": "binary:logistic", "booster": "gblinear"}, xgboost.DMatrix([[1.0], [2]], [0, 1]), 2
    )
    with pytest.raises(UnsupportedScorer, match="gblinear"):
        read(bytes(linear.save_raw("json")))
    several = xgboost.DMatrix([[1.0], [2], [3]], [0, 1, 2])
    classes = xgboost.train({"objective": "multi:softprob", "num_class": 3}, several, 2)
    with pytest.raises(UnsupportedScorer, match="objective"):
        read(bytes(classes.save_raw("json")))
    targets = xgboost.DMatrix(np.eye(4), np.eye(4)[:, :2])
    for strategy in ("one_output_per_tree", "multi_output_tree"):
        two = xgboost.train({"objective": "binary:logistic", "multi_strategy": strategy}, targets, 2)
        with pytest.raises(UnsupportedScorer, match="one output"):
            read(bytes(two.save_raw("json")))
    forest, _ = trained(num_parallel_tree=2, trees=2)
    with pytest.raises(UnsupportedScorer, match="num_parallel_tree"):
        read(bytes(forest.save_raw("json")))
    squared, _ = trained(objective="reg:squarederror", trees=2)
    with pytest.raises(UnsupportedScorer, match="objective"):
        read(bytes(squared.save_raw("json")))


@pytest.mark.parametrize(("written", "refused"), [([99, 4, 1], True), ([3, 0, 0], False)])
def test_a_dart_model_keeps_its_weights_where_3_4_writes_them(written, refused):
    draw = np.random.default_rng(5)
    rows = draw.normal(size=(300, 3))
    data = xgboost.DMatrix(rows, (rows[:, 0] > 0).astype(float))
    settings = {"booster": "dart", "rate_drop": 0.5, "objective": "binary:logistic", "seed": 1}
    booster = xgboost.train(settings, data, 8)
    document = json.loads(booster.save_raw("json"))
    dart = document["learner"]["gradient_booster"]
    assert min(dart["weight_drop"]) < 1
    document["learner"]["gradient_booster"] = {
        "name": "gbtree",
        "model": {**dart["gbtree"]["model"], "weight_drop": dart["weight_drop"]},
    }
    document["version"] = written
    content = json.dumps(document).encode()
    if refused:
        with pytest.raises(UnsupportedScorer, match="reads it without the weights of its trees"):
            read(content)
    else:
        margins = read(content)[0].margins(rows.astype(np.float32).astype(np.float64))
        np.testing.assert_allclose(margins, booster.predict(data, output_margin=True), atol=1e-5)


@pytest.mark.parametrize("binary", [False, True])
def test_names_of_any_letters_come_back_as_they_were(binary):
    names = ["Vermögen", "收入", 'a "b" \\ c', "Kauf €/Jahr"]
    data = xgboost.DMatrix(np.arange(40.0).reshape(10, 4), [0, 1] * 5, feature_names=names)
    booster = xgboost.train({"objective": "binary:logistic"}, data, 1)
    text = write(*read(bytes(booster.save_raw("json"))))
    assert opened(ubjson.dumps(json.loads(text)) if binary else text).feature_names == names
