"""Levels of an XGBoost document: told where they are whole, refused where its parts contradict one another."""

import pytest

from riskmodel import limits
from riskmodel.errors import BundleError
from riskmodel.scorers.xgb import levels

TEXTS = {"values": [98, 105, 103, 105, 116], "offsets": [0, 3, 5]}  # big, it
NUMBERS = {"values": [7, 3, 12]}
NONE = {"values": []}
CUT = {"values": [-61, -92, 98], "offsets": [0, 1, 3]}
CONTAINER = {"enc": [TEXTS, NONE, NUMBERS], "feature_segments": [0, 2, 2, 5], "sorted_idx": [0, 1, 1, 0, 2]}


def test_levels_are_texts_or_numbers_in_the_order_of_their_codes():
    assert levels.of(CONTAINER, 3) == (("big", "it"), (), (7, 3, 12))
    assert levels.of(None, 2) == levels.of({"enc": []}, 2) == ((), ())
    assert levels.of({"enc": [CUT]}, 1) == ((),)


def test_a_whole_container_and_none_are_taken():
    levels.check(CONTAINER, 3)
    levels.check(None, 3)
    levels.check({"enc": [], "feature_segments": [], "sorted_idx": []}, 3)


REFUSED = {
    "another number of features": ({"enc": [TEXTS]}, "cats must have 3 features, however: 1"),
    "segments that do not count": ({"feature_segments": [0, 2, 3, 5]}, "feature_segments do not count the levels"),
    "an order too short": ({"sorted_idx": [0, 1, 1, 0]}, "feature_segments do not count the levels"),
    "an order that is none": ({"sorted_idx": [0, 0, 1, 0, 2]}, "sorted_idx is not an order of the levels"),
    "offsets beyond": (
        {"enc": [{**TEXTS, "offsets": [0, 3, 6]}, NONE, NUMBERS]},
        "offsets do not share out the values",
    ),
    "offsets that fall": ({"enc": [{**TEXTS, "offsets": [0, 5, 5, 3]}, NONE, NUMBERS]}, "offsets do not share out"),
    "offsets that begin late": ({"enc": [{**TEXTS, "offsets": [1, 3, 5]}, NONE, NUMBERS]}, "do not share out"),
    "a byte too large": ({"enc": [{**TEXTS, "values": [98, 105, 300, 105, 116]}, NONE, NUMBERS]}, "must be bytes"),
    "a fraction": ({"sorted_idx": [0, 1.0, 1, 0, 2]}, "cats must be lists of whole numbers"),
    "a truth": ({"enc": [TEXTS, NONE, {"values": [True, False, True]}]}, "cats must be lists of whole numbers"),
    "no list": ({"feature_segments": "0 2 2 5"}, "cats must be lists of whole numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_parts_that_contradict_one_another_are_refused(name):
    changes, why = REFUSED[name]
    with pytest.raises(ValueError, match=why):
        levels.check({**CONTAINER, **changes}, 3)


def test_more_levels_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "_raised", {"levels": 2})
    with pytest.raises(BundleError, match="levels must be at most 2, however: 3"):
        levels.check(CONTAINER, 3)


@pytest.mark.parametrize("places", [(2, 0), (1,), (0, 1, 2)])
def test_features_take_their_levels_along(places):
    made = levels.of_features(CONTAINER, places)
    levels.check(made, len(places))
    assert levels.of(made, len(places)) == tuple(levels.of(CONTAINER, 3)[place] for place in places)
    empty = {"enc": [], "feature_segments": [], "sorted_idx": []}
    assert levels.of_features(empty, places) == empty


def bytes_of(*texts):
    """As XGBoost 3.1 wrote them: each ends after as many bytes as it has characters."""
    content, ends = "".join(texts).encode(), [0]
    for text in texts:
        ends.append(ends[-1] + len(text))
    signed = [byte - 256 if byte > 127 else byte for byte in content[: ends[-1]]]
    return {"enc": [{"values": signed, "offsets": ends}]}


@pytest.mark.parametrize("texts", [("süd", "nord"), ("Łódź",), ("a", "ß")])
def test_a_text_beyond_ascii_is_cut_and_may_be_what_the_user_says(texts):
    container = bytes_of(*texts)
    assert levels.is_cut(container, 0)
    assert levels.may_be(container, 0, texts)
    assert not levels.may_be(container, 0, texts[::-1] if len(texts) > 1 else ("Lodz",))
    assert not levels.may_be(container, 0, (*texts, "more"))


def test_plain_texts_and_numbers_are_not_cut():
    assert not levels.is_cut(CONTAINER, 0)
    assert not levels.is_cut(CONTAINER, 2)
    assert not levels.is_cut(None, 0)
    assert levels.may_be(None, 0, ("anything",))
