"""Trees held as their library's text will say them: what is saved, and what is read back, is what was scored."""

import json
import re
from dataclasses import fields, replace
from functools import cache

import lightgbm
import numpy as np
import pytest
import xgboost
from random_trees import random_ensemble

from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.xgb.model import XgbModel

MODELS = {"lightgbm": LgbmModel, "xgboost": XgbModel}
every = pytest.mark.parametrize("rules", MODELS)


@cache
def grown(rules):
    """A trained model of three columns, the last one a category: its text and its frame."""
    draw = np.random.default_rng(0)
    x = np.column_stack([draw.normal(size=(500, 2)), draw.integers(0, 40, 500)])
    y = (x[:, 0] + (x[:, 2] % 3 == 0) + draw.normal(size=500) > 0.5).astype(int)
    if rules == "lightgbm":
        settings = {"objective": "binary", "verbose": -1, "num_leaves": 5, "min_data_per_group": 5}
        booster = lightgbm.train(settings, lightgbm.Dataset(x, y, categorical_feature=[2]), 6)
        return LgbmModel(booster.model_to_string().encode())
    data = xgboost.DMatrix(x, y, feature_types=["q", "q", "c"], enable_categorical=True)
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 3}, data, 6)
    booster.set_attr(best_iteration="5", best_score="0.4")
    return XgbModel(bytes(booster.save_raw("json")))


def awkward(seed, rules):
    """Values that no format holds as they are, an intercept of any size, leaves before splits."""
    draw = np.random.default_rng(seed)
    ensemble = random_ensemble(seed, rules)
    trees = tuple(
        replace(
            tree,
            value=np.where(tree.is_leaf, draw.normal(size=len(tree)), 0.0),
            cover=tree.cover + draw.random(len(tree)),
            carried={name: notes + draw.normal(size=len(tree)) * 1e3 for name, notes in tree.carried.items()},
            shrinkage=0.123456789 if rules == "lightgbm" else 1.0,
        )
        for tree in ensemble.trees
    )
    return replace(ensemble, trees=trees, intercept=float(draw.choice([0.0, 0.3, -14.0, 3.7])))


def assert_equal(one, other):
    assert (one.intercept, one.n_features, one.rules) == (other.intercept, other.n_features, other.rules)
    assert len(one.trees) == len(other.trees)
    for ours, theirs in zip(one.trees, other.trees, strict=True):
        for field in fields(ours):
            left, right = getattr(ours, field.name), getattr(theirs, field.name)
            if field.name == "carried":
                assert left.keys() == right.keys()
                left, right = (np.array([notes[name] for name in left]) for notes in (left, right))
            if isinstance(left, np.ndarray):
                assert left.dtype == right.dtype, field.name
                np.testing.assert_array_equal(left, right, err_msg=field.name)
            else:
                assert left == right, field.name


@every
@pytest.mark.parametrize("seed", range(12))
def test_trees_are_held_as_they_will_be_read(rules, seed):
    ensemble, frame = awkward(seed, rules), grown(rules).trees[1]
    kind = MODELS[rules]
    held, read = kind.of_trees(ensemble, frame), kind(kind._write(ensemble, frame))
    assert_equal(held.ensemble, read.ensemble)
    assert held.content == read.content
    ours, theirs = (vars(model.trees[1]) | {"trees": None} for model in (held, read))
    assert ours == theirs


@every
@pytest.mark.parametrize("kept", [[0], [1, 2, 4]])
def test_a_cut_of_a_cut_is_held_as_it_will_be_read(rules, kept):
    once = grown(rules).with_ensemble(grown(rules).ensemble.keep_trees([0, 1, 2, 3, 5]))
    twice = once.with_ensemble(once.ensemble.keep_trees(kept))
    assert_equal(twice.ensemble, MODELS[rules](twice.content).ensemble)


@every
def test_what_was_not_edited_is_written_as_it_was_given(rules):
    model = grown(rules)
    same = model.with_ensemble(model.ensemble)
    written, given = same.content, model.content
    assert written == given if rules == "lightgbm" else json.loads(written) == json.loads(given)


@every
def test_each_is_made_once(rules, monkeypatch):
    kind, calls = MODELS[rules], []
    for name in ("_read", "_write", "_load"):
        inner = getattr(kind, name)
        monkeypatch.setattr(kind, name, staticmethod(lambda *a, n=name, f=inner: calls.append(n) or f(*a)))
    model = kind(grown(rules).content)
    for _ in range(2):
        _ = model.ensemble, model.content, model.booster
    assert sorted(calls) == ["_load", "_read"]
    cut = model.with_ensemble(model.ensemble.keep_trees([1]))
    for _ in range(2):
        _ = cut.ensemble, cut.compiled
    assert sorted(calls) == ["_load", "_read"]
    assert cut.content == cut.content
    assert sorted(calls) == ["_load", "_read", "_write"]


@every
def test_a_leaf_that_is_no_number_is_refused_before_anything_is_written(rules):
    model = grown(rules)
    first = model.ensemble.trees[0]
    broken = replace(first, value=np.where(first.is_leaf, np.nan, 0.0))
    with pytest.raises(BundleError, match="a leaf must be finite"):
        model.with_ensemble(replace(model.ensemble, trees=(broken,)))


def test_a_child_before_its_parent_is_refused_as_the_reader_would():
    model = grown("lightgbm")
    depths = {i: tree.depth[~tree.is_leaf].max() for i, tree in enumerate(model.ensemble.trees)}
    tree = model.ensemble.trees[max(depths, key=depths.get)]
    assert depths[max(depths, key=depths.get)] >= 2
    order = np.arange(len(tree))
    inner = np.flatnonzero(~tree.is_leaf)[1:]
    order[inner] = inner[::-1]  # its own inverse
    arrays = {name: getattr(tree, name)[order] for name in ("feature", "threshold", "value", "cover", "default_left")}
    links = {side: np.where(tree.is_leaf, -1, order[getattr(tree, side)])[order] for side in ("left", "right")}
    odd = replace(tree, **arrays, **links, sets=tuple(tree.sets[i] for i in order))
    with pytest.raises(BundleError, match="stands before its parent"):
        model.with_ensemble(replace(model.ensemble, trees=(odd,)))


def test_a_leaf_that_was_a_split_counts_for_no_feature():
    """LightGBM's own count of splits stands beside ours in the text."""
    model = grown("lightgbm")
    tree = model.ensemble.trees[0]
    stump = model.ensemble.with_leaves({(0, int(tree.left[0])): 0.1, (0, int(tree.right[0])): 0.2}, 0.0)
    text = model.with_ensemble(stump).content.decode()
    own = lightgbm.Booster(model_str=text).feature_importance()
    counts = dict(re.findall(r"^(Column_\d)=(\d+)$", text.partition("feature_importances:")[2], re.MULTILINE))
    assert {name: int(count) for name, count in counts.items()} == {
        f"Column_{i}": int(count) for i, count in enumerate(own) if count
    }


def test_xgboost_must_keep_a_tree():
    model = grown("xgboost")
    with pytest.raises(UnsupportedScorer, match="must keep a tree"):
        model.with_ensemble(model.ensemble.keep_trees([]))
