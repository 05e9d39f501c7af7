"""Products are loaded when asked for, and the least recently asked for leaves where room is short."""

import pytest
from batch.books import packed

from riskmodel.errors import RiskModelError
from riskmodel.serving import DecisionModel
from riskmodel.serving.shelf import Shelf


@pytest.fixture(scope="module")
def model(fitted):
    return DecisionModel.from_bundle(packed(fitted("scorecard")))


def test_each_is_loaded_once_and_the_least_recently_asked_for_leaves(model):
    loaded = []

    def loader(name):
        return lambda: loaded.append(name) or model

    shelf = Shelf({name: loader(name) for name in "abc"}, most_bytes=2 * model.file_bytes)
    assert (shelf.loaded(), shelf.names()) == ([], ["a", "b", "c"])
    for name in "abab":
        assert shelf.get(name) is model
    assert loaded == ["a", "b"]
    shelf.get("a")
    shelf.get("c")
    assert shelf.loaded() == ["a", "c"]
    shelf.get("b")
    assert loaded == ["a", "b", "c", "b"]


def test_one_that_is_too_large_is_kept_alone_and_one_that_is_forgotten_comes_anew(model):
    shelf = Shelf(dict.fromkeys("ab", lambda: model), most_bytes=1)
    shelf.get("a")
    assert shelf.loaded() == ["a"]
    shelf.get("b")
    assert shelf.loaded() == ["b"]
    shelf.forget("b")
    assert shelf.at_hand("b") is None


def test_what_is_unknown_or_cannot_be_loaded_is_an_error(model):
    def gone():
        raise RiskModelError("gone")

    shelf = Shelf({"a": gone, "b": lambda: model})
    with pytest.raises(KeyError):
        shelf.get("c")
    with pytest.raises(RiskModelError, match="gone"):
        shelf.get("a")
    assert shelf.get("b") is model
