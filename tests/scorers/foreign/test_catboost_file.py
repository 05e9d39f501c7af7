"""CatBoost's own files: read, written with other trees, and refused in one line where they are damaged."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskmodel import scorers
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers import ModelSettings, open_model
from riskmodel.scorers.foreign.catboost_file import is_catboost, levels, library
from riskmodel.scorers.foreign.catboost_file.frame import CatboostFrame, HashedLevel
from riskmodel.scorers.foreign.opening import category_names

catboost = pytest.importorskip("catboost")
LEVELS = {"purpose": ["NA", "car", "home"], "branch": ["0", "1", "2", "3"]}
QUIET = {"verbose": 0, "thread_count": 1, "allow_writing_files": False, "one_hot_max_size": 10}


def applications(count, seed):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "purpose": draw.choice(LEVELS["purpose"], count).astype(object),
            "net income": np.where(draw.random(count) < 0.1, np.nan, draw.normal(size=count)),
            "branch": draw.integers(0, 4, count),
        }
    )
    bad = (X["purpose"] == "NA") | ((X["branch"] == 2) & (X["net income"] < 0)) | (X["branch"] == 0)
    return X, (draw.random(count) < np.where(bad, 0.6, 0.2)).astype(int)


@pytest.fixture(scope="module")
def model():
    made = catboost.CatBoostClassifier(iterations=8, depth=3, cat_features=["purpose", "branch"], **QUIET)
    return made.fit(*applications(900, 1))


@pytest.fixture(scope="module", params=["cbm", "json"])
def file(model, request, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / f"model.{request.param}"
    model.save_model(str(path), format=request.param)
    return path


def codes(features, rows):
    columns = []
    for column in features:
        texts = rows[column.name].astype(str).tolist()
        known = {level: code for code, level in enumerate(column.categories)}
        columns.append([known.get(text, np.nan) for text in texts] if column.categories else rows[column.name])
    return np.column_stack(columns).astype(float)


def test_a_file_gives_catboosts_own_pds(file, model):
    opened = open_model(file, ModelSettings(levels=LEVELS))
    X, _ = applications(801, 2)
    matrix, theirs = codes(opened.scorer.features, X), model.predict_proba(X)[:, 1]
    np.testing.assert_allclose(opened.scorer.pd(matrix), theirs, atol=1e-12)
    np.testing.assert_allclose(opened.scorer.native_pd(matrix), theirs, atol=1e-12)
    np.testing.assert_allclose(opened.answer(X), theirs, atol=1e-12)
    assert category_names(file) == ("purpose", "branch")
    assert is_catboost(file.read_bytes())


def test_what_it_writes_is_read_as_it_was(file, tmp_path):
    scorer = open_model(file, ModelSettings(levels=LEVELS)).scorer
    X, _ = applications(801, 3)
    cut = scorer.with_ensemble(scorer.ensemble.keep_trees([1, 4]))
    place, due = tmp_path / "cut.json", cut.pd(codes(cut.features, X))
    place.write_bytes(cut.model)
    again = open_model(place, ModelSettings(levels=LEVELS)).scorer
    np.testing.assert_allclose(again.pd(codes(again.features, X)), due, atol=1e-12)
    binary = library.loaded(cut.binary_model, catboost.CatBoostClassifier)
    np.testing.assert_allclose(binary.predict_proba(X)[:, 1], due, atol=1e-12)


def test_its_own_json_tells_the_levels_of_what_it_wrote(file, tmp_path):
    scorer = open_model(file, ModelSettings(levels=LEVELS)).scorer
    place = tmp_path / "again.json"
    place.write_bytes(scorer.with_ensemble(scorer.ensemble).model)
    asked = {level for column in open_model(place).scorer.features for level in column.categories}
    assert asked <= {level for known in LEVELS.values() for level in known}


def test_several_levels_at_once_are_asked_for_one_after_the_other(file):
    opened = open_model(file, ModelSettings(levels=LEVELS))
    tree = next(one for one in opened.scorer.ensemble.trees if any(one.sets))
    place = next(node for node, listed in enumerate(tree.sets) if listed and tree.feature[node] == 2)
    wider = tuple((0, 1, 3) if node == place else listed for node, listed in enumerate(tree.sets))
    ensemble = replace(opened.scorer.ensemble, trees=(replace(tree, sets=wider),))
    made = opened.scorer.with_ensemble(ensemble)
    matrix = codes(made.features, applications(401, 4)[0])
    np.testing.assert_allclose(made.native_pd(matrix), made.pd(matrix), atol=1e-12)


def test_in_a_bundle_it_scores_without_catboost(file):
    scorer = open_model(file, ModelSettings(levels=LEVELS)).scorer
    matrix = codes(scorer.features, applications(401, 5)[0])
    again = scorers.load(scorer.kind, scorer.features, scorer.calibration, scorer.files())
    np.testing.assert_allclose(again.pd(matrix), scorer.pd(matrix), atol=1e-12)
    np.testing.assert_allclose(scorer.contributions(matrix).sum(axis=1), scorer.raw_margin(matrix), atol=1e-9)


def test_columns_that_no_split_reads_can_go(file, tmp_path):
    scorer = open_model(file, ModelSettings(levels=LEVELS)).scorer
    income = [one for one in scorer.ensemble.trees if 0 not in one.used_features]
    narrow = scorer.with_ensemble(replace(scorer.ensemble, trees=tuple(income))).narrowed([1, 2])
    place = tmp_path / "narrow.json"
    place.write_bytes(narrow.model)
    again = open_model(place, ModelSettings(levels={"branch": LEVELS["branch"]})).scorer
    matrix = codes(again.features, applications(401, 6)[0])
    np.testing.assert_allclose(again.native_pd(matrix), narrow.pd(matrix), atol=1e-12)


def test_hashes_are_those_of_catboosts_splits(model):
    hashed = library.hashes(["car", "3", "NA"])
    document = json.loads(library.as_json(model))
    asked = {value for one in document["features_info"]["categorical_features"] for value in one["values"]}
    assert hashed["NA"] in asked
    assert library.hashes([]) == {}
    assert library.signed((1 << 32) - 1) == -1


def test_a_level_is_known_by_its_value_where_a_split_asks_for_that(file):
    spelt = {"purpose": ["car", "home"], "branch": ["False", "True", "2.0", "3"]}
    features = open_model(file, ModelSettings(levels=spelt)).scorer.features
    assert set(features[2].categories) >= {"0", "1"}  # which splits ask for
    assert "NA" in features[0].categories  # a usual spelling of missing, and a level here


def test_hashes_without_a_text_stay_and_are_told():
    frame = CatboostFrame({}, ("purpose",), {0: (HashedLevel("car", 5), HashedLevel(None, 7))})
    assert levels.notes(frame.names, frame.levels) == (
        "1 levels of column 'purpose' are hashes without a text: no row has them",
    )
    assert frame.levels[0][1].spelling == "hash 7"
    assert frame.with_names(["p"]).names == ("p",)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "column 'purpose' is split by category, and CatBoost's file keeps hashes alone: give the levels$"),
        ({**LEVELS, "purpose": ["boat"]}, None),
        ({**LEVELS, "branch": ["x"]}, "'branch' is split by category, .*: give the levels, of which 'x' is none"),
        ({**LEVELS, "other": ["x"]}, "levels are given for 'other', which is not a feature of the model"),
    ],
)
def test_levels_that_do_not_fit_are_refused(file, given, message):
    if message is None:  # NA is known without being given
        assert open_model(file, ModelSettings(levels=given)).notes
        return
    with pytest.raises(UnsupportedScorer, match=message):
        open_model(file, ModelSettings(levels=given))


def test_a_damaged_file_is_told_in_one_line(file, tmp_path):
    content, place = file.read_bytes(), tmp_path / file.name
    place.write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match=r"CatBoost does not load it|CatBoost's JSON is damaged") as caught:
        open_model(place, ModelSettings(levels=LEVELS))
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "damage",
    [
        lambda made: made["oblivious_trees"][0]["leaf_values"].pop(),
        lambda made: made["oblivious_trees"][0]["splits"][0].update(split_type="FloatFeature", float_feature_index=9),
        lambda made: made["oblivious_trees"][0]["leaf_values"].__setitem__(0, float("inf")),
        lambda made: made["features_info"]["float_features"][0].update(flat_feature_index=7),
        lambda made: made["features_info"].clear(),
        lambda made: made.update(scale_and_bias=[1]),
        lambda made: made.update(oblivious_trees=[]),
        lambda made: made.pop("oblivious_trees"),
        lambda made: made["oblivious_trees"][0]["leaf_values"].__setitem__(0, 1e308),
    ],
)
def test_json_is_checked_before_catboost_sees_it(model, tmp_path, damage):
    document = json.loads(library.as_json(model))
    damage(document)
    place = tmp_path / "model.json"
    place.write_text(json.dumps(document))
    with pytest.raises((BundleError, UnsupportedScorer)):
        open_model(place, ModelSettings(levels=LEVELS))
