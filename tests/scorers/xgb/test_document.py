"""XGBoost's document in and out: equal without edits, a model that XGBoost loads with them, damage refused."""

import json

import numpy as np
import pytest
import xgboost

from riskmodel.errors import BundleError, UnsupportedScorer
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
        (("learner",), {}),
    ],
)
def test_damage_is_told(text, path, value):
    with pytest.raises(BundleError, match="XGBoost document is damaged"):
        read(changed(text, path, value))


def test_what_is_not_one_sum_of_trees_is_refused():
    dart, _ = trained(booster="dart", trees=3)
    with pytest.raises(UnsupportedScorer, match="gbtree"):
        read(bytes(dart.save_raw("json")))
    forest, _ = trained(num_parallel_tree=2, trees=2)
    with pytest.raises(UnsupportedScorer, match="num_parallel_tree"):
        read(bytes(forest.save_raw("json")))
    squared, _ = trained(objective="reg:squarederror", trees=2)
    with pytest.raises(UnsupportedScorer, match="objective"):
        read(bytes(squared.save_raw("json")))
