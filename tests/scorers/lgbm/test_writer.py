"""Trees that LightGBM did not grow, written as its text: LightGBM loads them and says what we say."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import random_ensemble, trying

from riskmodel.scorers.lgbm import as_written, reader, writer
from riskmodel.scorers.lgbm.new_frame import NUMBER, new_frame

NAMES = ("a", "b", "c")
LEVELS = {2: [f"level {i}" for i in range(45)]}
FRAME = new_frame(NAMES, LEVELS)


def rows_of(ensemble, count=200):
    """At and beside every threshold; codes are whole, as a frame gives them."""
    rows = trying(ensemble, count)
    rows[:, 2] = np.random.default_rng(1).choice([np.nan, *range(45)], count)
    return rows


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_lightgbm_says_of_each_row_what_the_trees_say(seed):
    ensemble = random_ensemble(seed, "lightgbm")
    booster = lightgbm.Booster(model_str=writer.write(ensemble, FRAME))
    rows = rows_of(ensemble)
    np.testing.assert_allclose(booster.predict(rows, raw_score=True, num_threads=1), ensemble.margins(rows), atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_read_again_is_what_was_foreseen(seed):
    ensemble = random_ensemble(seed, "lightgbm")
    read, frame = reader.read(writer.write(ensemble, FRAME))
    foreseen = as_written.as_written(ensemble)
    assert frame == FRAME
    assert writer.write(read, frame) == writer.write(foreseen, FRAME)
    rows = rows_of(ensemble)
    np.testing.assert_array_equal(read.margins(rows), foreseen.margins(rows))
    for one, other in zip(read.trees, foreseen.trees, strict=True):
        for name in ("feature", "threshold", "left", "right", "value", "cover", "default_left", "missing"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
        assert one.sets == other.sets
        for name in ("weight", "gain", "inner"):
            np.testing.assert_array_equal(one.carried[name], other.carried[name], err_msg=name)


def test_no_tree_is_one_leaf_with_the_intercept():
    nothing = random_ensemble(0, "lightgbm", 0)
    [tree] = writer.with_intercept(nothing)
    assert (tree.n_leaves, tree.value.tolist()) == (1, [nothing.intercept])
    booster = lightgbm.Booster(model_str=writer.write(nothing, FRAME))
    assert booster.predict(np.zeros((2, 3)), raw_score=True).tolist() == [nothing.intercept] * 2


def test_the_intercept_goes_into_the_first_trees_leaves_alone():
    ensemble = random_ensemble(3, "lightgbm")
    first, *rest = writer.with_intercept(ensemble)
    given_first = ensemble.trees[0]
    np.testing.assert_array_equal(first.value, given_first.value + 0.25 * given_first.is_leaf)
    assert all(one is other for one, other in zip(rest, ensemble.trees[1:], strict=True))
    assert writer.with_intercept(replace(ensemble, intercept=0.0)) is ensemble.trees


def test_importances_count_the_splits_the_most_used_first():
    ensemble = random_ensemble(5, "lightgbm")
    text = writer.write(ensemble, FRAME)
    lines = text.partition("feature_importances:\n")[2].partition("\n\n")[0].splitlines()
    counts = {name: int(count) for name, _, count in (line.partition("=") for line in lines)}
    due = {name: sum(int((tree.feature == i).sum()) for tree in ensemble.trees) for i, name in enumerate(NAMES)}
    assert counts == {name: count for name, count in due.items() if count}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


@pytest.mark.parametrize("levels", [None, {}, {0: ["x"], 2: ["y", "z"]}, {1: []}])
def test_a_new_frame_is_one_that_is_read(levels):
    frame = new_frame(NAMES, levels)
    _, again = reader.read(writer.write(random_ensemble(0, "lightgbm", 0), frame))
    assert again == frame
    assert frame.names == NAMES
    assert frame.pandas_categorical == [list(one) for _, one in sorted((levels or {}).items())]
    assert [info == NUMBER for info in frame.infos] == [place not in (levels or {}) for place in range(3)]
