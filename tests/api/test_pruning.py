"""What pruning in memory refuses before anything is pruned, in one line, and how outcomes are read."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel.api.pruning import _bads, _plan, prune
from riskmodel.core import PruningPlan, canonical
from riskmodel.errors import DataError, RiskModelError
from riskmodel.scorers.foreign.parts import ModelParts

X = np.zeros((4, 2))


def parts(classes=(0, 1)):
    return ModelParts(b"tree", lambda content: content, None, ("a", "b"), False, classes)


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        (
            {"margin": 0.01, "keep": 0.5},
            "the size must be set by one of margin, keep, leaves, trees, however: by margin and keep",
        ),
        ({"leaves": 9, "trees": 3}, "however: by leaves and trees"),
        (
            {"same_decisions": 0.99, "margin": 0.01},
            "the size must be set by margin or same_decisions, however: by both",
        ),
    ],
)
def test_two_sizes_are_one_too_many(sizes, why):
    with pytest.raises(DataError, match=why):
        prune(object(), X, [0, 1, 0, 1], **sizes)


def test_what_is_no_model_is_refused():
    with pytest.raises(RiskModelError, match="the model must be a Booster or classifier"):
        prune(random_ensemble(0, "lightgbm"), X, [0, 1, 0, 1], keep=0.5)


@pytest.mark.parametrize(
    ("y", "classes", "due"),
    [
        ([0, 1, 1, 0], (0, 1), [0, 1, 1, 0]),
        (["good", "bad", "bad", "good"], ("bad", "good"), [1, 0, 0, 1]),
        (np.array([[True], [False], [True], [True]]), (False, True), [1, 0, 1, 1]),
    ],
)
def test_the_later_class_is_the_bad(y, classes, due):
    bads = _bads(y, parts(classes), 4)
    assert bads.tolist() == due
    assert bads.dtype == np.int8


@pytest.mark.parametrize(
    ("y", "why"),
    [
        ([0, 1, 0], "^X and y must be of one length, however: 4 and 3$"),
        ([0, 1, 0, 2], "^y must be 0 or 1, however: 2$"),
        ([0, 1, 0, np.nan], "^y must be 0 or 1, however: nan$"),
    ],
)
def test_other_outcomes_are_refused(y, why):
    with pytest.raises(DataError, match=why):
        _bads(y, parts(), 4)


def test_the_plan_is_what_was_written_or_none(tmp_path):
    plan = PruningPlan("prefix", {"by": "auc"}, "tree", 0.5, ("a", "b"), (1.0, 0.5), (0,), "ab" * 32)
    place = tmp_path / "plan.json"
    assert _plan(place) is None
    place.write_bytes(canonical({"plan": None}))
    assert _plan(place) is None
    place.write_bytes(b'{"plan": ' + plan.to_json() + b"}")
    assert _plan(place) == plan
