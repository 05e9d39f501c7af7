"""A switch comes between requests: what cannot be loaded leaves the old model in its place."""

from threading import Event

import pytest
from batch.books import applications, packed

from riskmodel.core import Policy
from riskmodel.errors import RiskModelError
from riskmodel.serving import DecisionModel
from riskmodel.serving.decide_route import _answers
from riskmodel.serving.slot import Slot, watch

ROWS = applications(5, 9).to_pylist()


@pytest.fixture(scope="module")
def models(fitted):
    kinds = ("scorecard", "lgbm")
    return {kind: DecisionModel.from_bundle(packed(fitted(kind), policy=Policy(0.3, 0.2, (0.1,)))) for kind in kinds}


def watched(slot, answers, models):
    """Runs the watch over what the registry says one time after the other; gives back what it told."""
    messages, end, left = [], Event(), list(answers)

    def version():
        answer = left.pop(0)
        if not left:
            end.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def load(name):
        if name not in models:
            raise RiskModelError(f"{name}: is not there")
        return models[name]

    watch(slot, version, load, messages.append, now="scorecard", seconds=0.001, end=end)
    return messages


def test_the_slot_follows_the_alias_and_is_loaded_once_a_switch(models):
    slot = Slot(models["scorecard"])
    messages = watched(slot, ["scorecard", "lgbm", "lgbm"], models)
    assert slot.model is models["lgbm"]
    assert len(messages) == 1


def test_what_fails_leaves_the_old_model_and_is_tried_again(models):
    slot = Slot(models["scorecard"])
    messages = watched(slot, [ConnectionError("gone"), "nowhere", "nowhere"], models)
    assert slot.model is models["scorecard"]
    assert [line.startswith("the model stays: ") for line in messages] == [True] * 3
    assert watched(slot, ["nowhere", "lgbm"], models)[-1].startswith("now lgbm")
    assert slot.model is models["lgbm"]


def test_an_answer_that_has_begun_is_of_one_model(models):
    """The request holds its model: a switch in its midst changes none of its answers."""
    slot = Slot(models["scorecard"])
    model = slot.model
    first = _answers(model, ROWS[:2], several=True)
    slot.model = models["lgbm"]
    assert {a.model_sha256 for a in first + _answers(model, ROWS[2:], several=True)} == {model.model_sha256}
