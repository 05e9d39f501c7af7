"""Columns of a foreign model: levels are texts that differ, directions are signs, what is not known is asked for."""

import numpy as np
import pytest
from random_trees import random_ensemble

from riskmodel import limits
from riskmodel.core import Kind
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign import columns as c
from riskmodel.scorers.foreign.model import ModelSettings

NAMES = ("age", "job")


def made(levels=None, monotone=(), **settings):
    return c.columns(NAMES, levels or {}, monotone, ModelSettings(**settings))


def test_numbers_and_categories_are_what_they_are():
    age, job = made({1: ["clerk", 2, 3.0, True]}, [1, 0])
    assert (age.kind, age.monotone, age.categories) == (Kind.NUMERIC, 1, ())
    assert (job.kind, job.categories) == (Kind.CATEGORICAL, ("clerk", "2", "3", "true"))


def test_a_direction_that_is_given_takes_the_place_of_the_files():
    assert [column.monotone for column in made(monotone=[1, -1])] == [1, -1]
    both = c.columns(NAMES, {}, [1, -1], ModelSettings(monotone={"job": 1}))
    assert [column.monotone for column in both] == [1, 1]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"monotone": {"wage": 1}}, "a direction is given for 'wage', which is not a feature of the model"),
        ({"monotone": {"age": 2}}, "a monotone direction must be 1, -1 or 0, however: 2"),
    ],
)
def test_a_direction_that_cannot_be_is_refused(settings, why):
    with pytest.raises(UnsupportedScorer, match=why):
        c.columns(NAMES, {}, (), ModelSettings(**settings))


def test_names_must_differ():
    with pytest.raises(UnsupportedScorer, match="feature names must differ, however: one stands twice"):
        c.columns(("a", "a"), {}, (), ModelSettings())


@pytest.mark.parametrize(
    ("missing", "due"),
    [(None, ()), (np.nan, ()), (-999.0, (-999.0,)), (0.1, tuple(sorted({0.1, float(np.float32(0.1))})))],
)
def test_the_number_for_missing_counts_as_given_and_rounded(missing, due):
    assert c.missing_codes(missing) == due
    assert [column.codes for column in made(missing=missing)] == [due, due]
    assert made({0: ["x"]}, missing=missing)[0].codes == ()


@pytest.mark.parametrize(
    ("level", "due"),
    [
        (2, "2"),
        (2.0, "2"),
        (2.5, "2.5"),
        ("2.0", "2"),
        ("2.00", "2"),
        ("2.10", "2.10"),
        (True, "true"),
        (-3.0, "-3"),
        ("0", "0"),
    ],
)
def test_a_level_is_spelt_as_a_tables_values_are_looked_up(level, due):
    assert c.text(level) == due


@pytest.mark.parametrize("levels", [["a", "a"], [2, "2.0"], ["a", ""]])
def test_levels_that_are_one_text_or_none_are_refused(levels):
    with pytest.raises(UnsupportedScorer, match="the levels of column 'job' must differ as text, and none be blank"):
        c.texts("job", levels)
    with pytest.raises(UnsupportedScorer, match="the levels of a category must differ"):
        c.texts("", levels)


def test_more_levels_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "_raised", {"levels": 2})
    with pytest.raises(UnsupportedScorer, match="levels must be at most 2, however: 3"):
        c.texts("job", ["a", "b", "c"])


def test_levels_are_taken_by_the_place_of_their_column():
    assert c.by_place({"job": ["x"]}, NAMES) == {1: ["x"]}
    with pytest.raises(UnsupportedScorer, match="levels are given for 'town', which is not a feature of the model"):
        c.by_place({"town": ["x"]}, NAMES)


def test_levels_that_nobody_tells_are_asked_for():
    c.refuse_untold(["job"], {"job": ["x"]})
    with pytest.raises(UnsupportedScorer, match="column 'job' is split by category, and the file does not tell its"):
        c.refuse_untold(["job"], {"age": ["x"]})


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_code_is_of_all_splits(seed):
    ensemble = random_ensemble(seed, "lightgbm")
    listed = [code for tree in ensemble.trees for one in tree.sets for code in one or ()]
    assert c.largest_codes(ensemble) == ({2: max(listed)} if listed else {})
