"""What stands around CatBoost's trees: features that stay are numbered anew, among their kind and in the table."""

import pytest

from riskmodel.scorers.foreign.catboost_file.frame import CatboostFrame, HashedLevel

DOCUMENT = {
    "features_info": {
        "float_features": [
            {"feature_index": 0, "flat_feature_index": 0, "borders": [1.5]},
            {"feature_index": 1, "flat_feature_index": 2, "borders": [2.5]},
            {"feature_index": 2, "flat_feature_index": 3, "borders": []},
        ],
        "categorical_features": [{"feature_index": 0, "flat_feature_index": 1, "values": [7]}],
        "other": "stays",
    },
    "scale_and_bias": [1, [0.0]],
}
LEVELS = {1: (HashedLevel("car", 7), HashedLevel(None, -3))}


def frame():
    return CatboostFrame(DOCUMENT, ("age", "purpose", "income", "months"), LEVELS)


def test_a_level_is_spelt_by_its_text_or_by_its_hash():
    assert [level.spelling for level in LEVELS[1]] == ["car", "hash -3"]
    assert HashedLevel("", 5).spelling == ""


def test_names_are_replaced_and_nothing_else():
    named = frame().with_names(["a", "b", "c", "d"])
    assert named.names == ("a", "b", "c", "d")
    assert (named.document, named.levels) == (DOCUMENT, LEVELS)


def test_fewer_features_are_numbered_in_their_new_order():
    fewer = frame().with_features([3, 1, 0])
    info = fewer.document["features_info"]
    assert fewer.names == ("months", "purpose", "age")
    assert [(one["feature_index"], one["flat_feature_index"], one["borders"]) for one in info["float_features"]] == [
        (0, 0, []),
        (1, 2, [1.5]),
    ]
    assert info["categorical_features"] == [{"feature_index": 0, "flat_feature_index": 1, "values": [7]}]
    assert fewer.levels == {1: LEVELS[1]}
    assert (info["other"], fewer.document["scale_and_bias"]) == ("stays", [1, [0.0]])


def test_levels_go_with_their_feature():
    gone = frame().with_features([2, 0])
    assert gone.levels == {}
    assert gone.document["features_info"]["categorical_features"] == []


def test_the_frame_that_was_given_stays():
    frame().with_features([3])
    assert [one["flat_feature_index"] for one in DOCUMENT["features_info"]["float_features"]] == [0, 2, 3]


@pytest.mark.parametrize("places", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3]])
def test_one_order_after_another_is_the_one_that_they_make(places):
    once = frame().with_features(places)
    back = once.with_features(list(range(len(places)))[::-1])
    due = frame().with_features(places[::-1])
    assert (back.document, back.names, back.levels) == (due.document, due.names, due.levels)


def test_a_document_without_categories_has_none_afterwards():
    info = {"float_features": DOCUMENT["features_info"]["float_features"]}
    plain = CatboostFrame({"features_info": info}, ("a", "b", "c", "d"), {}).with_features([2])
    assert set(plain.document["features_info"]) == {"float_features"}
