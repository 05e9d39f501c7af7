"""Trees that are read many at a time are those that are read one by one, and so is what is refused."""

import random
from dataclasses import fields

import numpy as np
import pytest
from scorers.lgbm.test_text import trained

from riskmodel.errors import RiskModelError
from riskmodel.scorers.lgbm import _tree, many_trees, reader


@pytest.fixture(scope="module")
def blocks():
    """Of numbers alone, with categories, and of one leaf."""
    texts = [
        trained(min_data_per_group=5)[0].model_to_string(),
        trained(trees=2, min_data_in_leaf=10_000)[0].model_to_string(),
        trained(trees=20, cat_smooth=1e9, max_cat_to_onehot=1, cat_l2=1e9)[0].model_to_string(),
    ]
    return [block for text in texts for block in reader._parts(text)[1]]


def one_by_one(blocks):
    return [_tree.tree(_tree.fields(block.split("\n")), 4) for block in blocks]


def assert_equal(one, other):
    for field in fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        for name in theirs if field.name == "carried" else [None]:
            a, b = (ours, theirs) if name is None else (ours[name], theirs[name])
            if isinstance(b, np.ndarray):
                assert a.dtype == b.dtype, field.name
                assert a.tobytes() == b.tobytes(), field.name
            else:
                assert repr(a) == repr(b), field.name  # a shrinkage may be no number


def test_many_are_as_one_by_one(blocks, monkeypatch):
    matches = [many_trees._PLAIN.fullmatch(block) is not None for block in blocks]
    assert {True, False} == set(matches)
    monkeypatch.setattr(many_trees, "AT_ONCE", 7)
    for one, other in zip(many_trees.trees(blocks, 4), one_by_one(blocks), strict=True):
        assert_equal(one, other)


def outcome(read, blocks):
    try:
        return list(read(blocks))
    except (ValueError, KeyError, IndexError, OverflowError, RiskModelError) as error:
        return repr(error)


def test_what_is_damaged_is_refused_in_the_same_words_or_read_as_one_by_one(blocks):
    draw, refused = random.Random(3), 0
    plain = [block for block in blocks if many_trees._PLAIN.fullmatch(block)]
    for _ in range(600):
        some = draw.sample(plain, 3)
        lines = some[1].split("\n")
        at = draw.randrange(1, 17)
        name, _, text = lines[at].partition("=")
        words = text.split(" ")
        word = draw.choice(["0", "-1", "-2", "1", "99", "nan", "inf", "-inf", "1e400", "1_0", "", "2.5", "x", words[0]])
        place = draw.randrange(len(words))
        words[place : place + draw.choice([1, 1, 1, 0, 2])] = [word]
        lines[at] = f"{name}={' '.join(words)}"
        some[1] = "\n".join(lines)
        ours, due = (outcome(read, some) for read in (lambda given: many_trees.trees(given, 4), one_by_one))
        if isinstance(due, str):
            refused += 1
            assert ours == due, some[1]
        else:
            for one, other in zip(ours, due, strict=True):
                assert_equal(one, other)
    assert 100 < refused < 550
