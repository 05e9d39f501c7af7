"""A document of an early XGBoost has afterwards what one of 1.6 has, and a later one stays as it is."""

import copy

import pytest

from riskmodel.scorers.xgb.old_document import bring_up

TREE = {"left_children": [1, -1, -1], "default_left": [True, False, False]}


def document(version, name="gbtree"):
    model = {"gbtree_model_param": {}, "trees": [copy.deepcopy(TREE)]}
    booster = {"name": name, "model": model} if name == "gbtree" else {"name": name, "gbtree": {"model": model}}
    made = {"learner": {"gradient_booster": booster}}
    return made | ({"version": version} if version else {})


def model_of(made):
    booster = made["learner"]["gradient_booster"]
    return (booster["gbtree"] if booster["name"] == "dart" else booster)["model"]


@pytest.mark.parametrize("name", ["gbtree", "dart"])
@pytest.mark.parametrize("version", [[1, 0, 0], [1, 5, 2]])
def test_what_was_not_there_yet_is_filled_in(version, name):
    made = document(version, name)
    bring_up(made)
    [tree] = model_of(made)["trees"]
    assert tree["split_type"] == [0, 0, 0]
    assert tree["default_left"] == [1, 0, 0]
    assert all(tree[name] == [] for name in ("categories", "categories_nodes", "categories_segments"))
    assert model_of(made)["gbtree_model_param"]["num_parallel_tree"] == "1"
    assert (made["version"], made["learner"]["attributes"]) == ([1, 6, 0], {})


def test_what_is_there_stays():
    made = document([1, 5, 0])
    model_of(made)["trees"][0]["split_type"] = [1, 0, 0]
    model_of(made)["gbtree_model_param"]["num_parallel_tree"] = "4"
    made["learner"]["attributes"] = {"best_iteration": "3"}
    bring_up(made)
    assert model_of(made)["trees"][0]["split_type"] == [1, 0, 0]
    assert model_of(made)["gbtree_model_param"]["num_parallel_tree"] == "4"
    assert made["learner"]["attributes"] == {"best_iteration": "3"}


@pytest.mark.parametrize("version", [[1, 6, 0], [3, 1, 0], None])
def test_a_later_one_is_not_touched(version):
    made = document(version)
    before = copy.deepcopy(made)
    bring_up(made)
    assert made == before
