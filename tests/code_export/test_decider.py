"""What a decision follows from: spellings by value, columns once, effects told of together, and nothing but trees."""

from dataclasses import replace

import pytest
from code_export.hand_made import COLUMNS, POLICY, decider, scorer_of
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble
from toy_scorer import ToyScorer

from riskmodel.code_export import Decider
from riskmodel.code_export.decider import is_category, spellings
from riskmodel.config import Scoring
from riskmodel.core import Calibration, Column, Kind, Scale
from riskmodel.errors import UnsupportedScorer
from riskmodel.tables import value_of
from riskmodel.trees import TreePart

LEVELS = st.lists(st.sampled_from(["7", "007", "7.0", "true", "1", "False", "0", "a", "-3", " a", "NA"]), unique=True)


def column(*levels, **changes):
    return Column("c", kind=Kind.CATEGORICAL, categories=levels, **changes)


def test_a_whole_number_has_a_second_spelling_and_a_truth_value_several():
    assert spellings(column("7", "x", nulls=())) == {"7": 0, "x": 1, "": None, "7.0": 0}
    truth = spellings(column("True", nulls=()))
    assert {text for text, code in truth.items() if code == 0} == {"True", "1", "1.0", "true", "TRUE"}
    assert {text for text, code in spellings(column("0", nulls=())).items() if code == 0} >= {"0", "0.0", "false"}


def test_a_level_with_leading_zeros_is_also_spelt_by_its_value():
    assert spellings(column("00012", nulls=())) == {"00012": 0, "": None, "12": 0, "12.0": 0}


def test_levels_of_one_value_have_their_own_spellings_alone():
    assert spellings(column("7", "007", nulls=())) == {"7": 0, "007": 1, "": None}


def test_missing_is_spelt_as_usual_or_as_the_column_says():
    usual, own = spellings(column("a")), spellings(column("a", nulls=("-",)))
    assert {"NA", "NaN", "null", ""} <= {text for text, code in usual.items() if code is None}
    assert {text for text, code in own.items() if code is None} == {"-", ""}


def test_a_level_that_is_spelt_as_missing_is_a_level():
    assert spellings(column("NA", "b"))["NA"] == 0


def test_the_other_level_lends_its_value_to_nobody():
    assert spellings(column("a", "5", other=True, nulls=())) == {"a": 0, "5": 1, "": None}


@settings(max_examples=60, deadline=None)
@given(LEVELS)
def test_every_spelling_leads_to_a_level_of_its_value(levels):
    for text, code in spellings(column(*levels)).items():
        assert code is None or value_of(text) == value_of(levels[code])
    assert all(spellings(column(*levels))[level] == code for code, level in enumerate(levels))


def test_further_spellings_and_nulls_are_those_of_the_decider():
    made = decider(spelt={"level": {"boat house": 3, "level 1": 9, "void": None}}, nulls=("-",))
    codes = made.spellings(made.features[2])
    assert (codes["boat house"], codes["void"], codes["-"]) == (3, None, None)
    assert codes["level 1"] == 1  # a level's own spelling goes first
    assert "NA" not in codes
    assert decider().features == COLUMNS


def test_a_column_that_two_features_are_read_from_is_listed_once():
    made = decider()
    assert made.columns == ("first", "level")
    assert [is_category(feature) for feature in made.features] == [False, False, True]


def test_what_is_no_sum_of_trees_is_refused_in_one_line():
    made = Decider(ToyScorer.of([1.0, 2.0, 3.0]), POLICY, Scale(), Scoring(), {}, "ab")
    with pytest.raises(UnsupportedScorer, match=r"^must be a sum of trees \(.*\), however: toy$"):
        made.margin  # noqa: B018 - its value is asked for


def test_the_margin_on_another_line_is_that_line_of_the_raw_margin():
    made = decider()
    intercept, rules = made.margin_of(Calibration())
    scaled, twice = made.margin_of(Calibration(1.0, 2.0))
    assert scaled == pytest.approx(1.0 + 2.0 * intercept)
    assert len(rules) == len(twice)
    assert made.margin[0] == pytest.approx(made.scorer.calibration.intercept + 0.6 * intercept)


def test_features_that_are_told_of_in_the_same_words_are_one_reason():
    apart, together = decider(), decider(texts={"first": "it", "level": "it"})
    assert [effect.text for effect in apart.effects] == ["first", "level"]
    assert [effect.text for effect in together.effects] == ["it"]
    assert sum(len(effect.rules) for effect in apart.effects) == len(together.effects[0].rules)
    assert [effect.text for effect in together.short_effects] == ["it"]


def test_a_feature_that_no_tree_asks_for_is_no_reason():
    only = TreePart(random_ensemble(4, "lightgbm", features=(2,)))
    made = replace(decider(), scorer=scorer_of(only))
    assert [effect.text for effect in made.effects] == ["level"] == [effect.text for effect in made.short_effects]
    assert made.gates == ()  # trees of one feature need none


def test_the_sums_of_a_tree_name_its_own_gates_alone():
    made = decider()
    for tree, gates in enumerate(made.gates):
        names = {gate.name for gate in gates}
        others = {gate.name for other in made.gates for gate in other} - names
        for effect in made.short_effects:
            words = effect.sums.get(tree, "").replace("*", " ").replace("(", " ").replace(")", " ").replace("+", " ")
            assert not others & set(words.replace("-", " ").split())
