"""Levels of CatBoost's categories: a hash gets the text that has it, and what has none is told or refused."""

import pytest

from riskmodel.core import Kind
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import levels, library
from riskmodel.scorers.foreign.catboost_file.frame import HashedLevel
from riskmodel.scorers.foreign.model import ModelSettings

NAMES = ("age", "job")


def hashed(text):
    """A stand-in for CatBoost's hash, which differs for every text that these tests use."""
    return sum(ord(letter) * 31**i for i, letter in enumerate(text))


@pytest.fixture(autouse=True)
def hashes(monkeypatch):
    monkeypatch.setattr(library, "hashes", lambda texts: {text: hashed(text) for text in texts})


def document(asked, told=()):
    category = {"feature_id": "job", "feature_index": 0, "flat_feature_index": 1, "values": [hashed(t) for t in asked]}
    own = [{"value": text, "hash": hashed(text)} for text in told]
    return {"features_info": {"categorical_features": [category], "cat_features_hash": own}}


def texts(asked, told=(), given=None):
    known = levels.known(document(asked, told), NAMES, {} if given is None else {"job": given})
    return [level.text for level in known[1]]


def test_texts_that_the_file_tells_need_none_given():
    assert texts(["clerk", "none"], told=["none", "clerk"]) == ["clerk", "none"]


def test_given_levels_keep_their_order_and_come_first():
    assert texts(["clerk", "none"], told=["clerk"], given=["none", "driver"]) == ["none", "driver", "clerk"]


@pytest.mark.parametrize(
    ("given", "asked", "due"),
    [
        ([True, False], ["1", "0"], ["1", "0"]),
        ([2.0, 3], ["2", "3"], ["2", "3"]),
        ([2.5], ["2.5"], ["2.5"]),
        (["true"], ["1"], ["1"]),
        (["3.0"], ["3"], ["3"]),
        (["3.0"], ["3.0"], ["3.0"]),
        (["3.0", "3"], ["3"], ["3.0", "3"]),
    ],
)
def test_a_level_is_spelt_as_catboost_spells_it(given, asked, due):
    assert texts(asked, given=given) == due


def test_a_truth_that_no_split_asks_for_is_a_number_all_the_same():
    assert texts(["clerk"], told=["clerk"], given=[True, 4.0]) == ["1", "4", "clerk"]


def test_a_hash_that_no_text_has_stays_a_hash_and_is_noted():
    known = levels.known(document(["clerk", "lost"]), NAMES, {"job": ["clerk"]})
    assert known[1] == (HashedLevel("clerk", hashed("clerk")), HashedLevel(None, hashed("lost")))
    assert levels.texts(known[1]) == ("clerk",)
    assert levels.notes(NAMES, known) == ("1 levels of column 'job' are hashes without a text: no row has them",)


def test_nothing_is_noted_where_every_hash_has_a_text():
    assert levels.notes(NAMES, levels.known(document(["clerk"]), NAMES, {"job": ["clerk"]})) == ()


@pytest.mark.parametrize(
    ("given", "but"),
    [(None, "$"), (["driver", "none"], ", of which 'driver' is none$")],
)
def test_a_category_of_which_no_level_is_known_is_refused(given, but):
    said = "column 'job' is split by category, and CatBoost's file keeps hashes alone: give the levels" + but
    with pytest.raises(UnsupportedScorer, match=said):
        texts(["clerk"], given=given)


def test_rows_without_a_level_have_none_to_tell_and_every_hash_stays():
    known = levels.known(document(["clerk"]), NAMES, {"job": []})
    assert known[1] == (HashedLevel(None, hashed("clerk")),)
    assert levels.notes(NAMES, known) == ("1 levels of column 'job' are hashes without a text: no row has them",)


def test_levels_of_what_is_no_feature_are_refused():
    with pytest.raises(UnsupportedScorer, match="levels are given for 'town', which is not a feature of the model"):
        levels.known(document(["clerk"]), NAMES, {"town": ["here"]})
    with pytest.raises(UnsupportedScorer, match="levels are given for 'age', which is a number in the model"):
        levels.known(document(["clerk"]), NAMES, {"age": ["young"]})


def test_a_category_has_no_direction():
    known = levels.known(document(["clerk"], ["clerk"]), NAMES, {})
    with pytest.raises(UnsupportedScorer, match="a direction is given for 'job', which is a category in the model"):
        levels.columns(NAMES, known, [0, 0], ModelSettings(monotone={"job": 1}))
    assert levels.columns(NAMES, known, [0, 0], ModelSettings(monotone={"age": 1, "job": 0}))[0].monotone == 1


def test_a_category_that_no_split_asks_for_needs_no_level():
    assert texts([]) == []


def test_columns_are_numbers_and_categories_with_all_their_levels():
    known = {1: (HashedLevel("clerk", 1), HashedLevel(None, 9))}
    age, job = levels.columns(NAMES, known, [1, 0], ModelSettings(missing=-1.0))
    assert (age.kind, age.monotone, age.codes) == (Kind.NUMERIC, 1, ())  # CatBoost has no number for missing
    assert (job.kind, job.categories) == (Kind.CATEGORICAL, ("clerk", "hash 9"))
