"""A sketch knows its own rows, no others, and nothing that can be read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Calibration, RowSketch
from riskmodel.core.row_sketch import MOST


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    return rng.normal(size=(900, 3)), rng.normal(size=(300, 3)), rng.normal(size=(500, 3))


def test_every_row_of_development_is_known_and_no_other(drawn):
    train, tune, new = drawn
    sketch = RowSketch.of("salt", train, tune)
    assert sketch.common(train[:70]) == (70, 70)
    assert sketch.common(np.concatenate([tune[:20], new])) == (520, 20)
    assert (sketch.rows, sketch.chance) == (1200, 0.0)


def test_beyond_so_many_rows_a_random_part_is_kept_and_the_share_still_holds():
    rng = np.random.default_rng(1)
    train, new = rng.normal(size=(4 * MOST, 2)), rng.normal(size=(3_000, 2))
    sketch = RowSketch.of("salt", train, train[:0])
    looked, hits = sketch.common(np.concatenate([train[:1_000], new]))
    assert len(sketch.hashes) == MOST
    assert looked == pytest.approx(1_000, rel=0.15)
    assert hits / looked == pytest.approx(0.25, abs=0.05)


def test_chance_is_the_share_of_tune_that_train_has_too(drawn):
    train, tune, _ = drawn
    assert RowSketch.of("salt", train, np.concatenate([tune, train[:100]])).chance == 0.25


def test_nan_and_zero_have_one_spelling(drawn):
    odd = np.array([[np.nan, 0.0], [-np.nan, -0.0]])
    assert RowSketch.of("salt", odd[:1], odd[:0]).common(odd) == (2, 2)


def test_another_salt_gives_other_hashes(drawn):
    train, tune, _ = drawn
    one, other = RowSketch.of("one", train, tune), RowSketch.of("other", train, tune)
    assert not np.isin(one.hashes, other.hashes).any()


def test_it_survives_its_json_and_the_same_rows_give_the_same_bytes(drawn):
    train, tune, new = drawn
    sketch = RowSketch.of("salt", train, tune)
    again = RowSketch.from_json(sketch.to_json())
    assert again.to_json() == sketch.to_json() == RowSketch.of("salt", train, tune).to_json()
    assert again.common(np.concatenate([train, new])) == (1400, 900)


CELLS = st.sampled_from([0.0, -0.0, 1.5, np.nan, np.inf, -np.inf, 5e-324])
TABLES = st.lists(st.tuples(CELLS, CELLS), max_size=12)


def as_set(rows):
    """Rows as a reader tells them apart: one NaN, one zero."""
    return {tuple(None if np.isnan(value) else value + 0.0 for value in row) for row in rows}


@settings(max_examples=60)
@given(TABLES, TABLES, TABLES)
def test_while_all_hashes_are_kept_it_counts_as_sets_of_rows_do(train, tune, asked):
    train, tune, asked = (np.array(rows, float).reshape(-1, 2) for rows in (train, tune, asked))
    sketch = RowSketch.of("salt", train, tune)
    known = as_set(train) | as_set(tune)
    assert len(sketch.hashes) == len(known)
    assert sketch.common(asked) == (len(asked), sum(bool(as_set([row]) & known) for row in asked))
    again = sum(bool(as_set([row]) & as_set(train)) for row in tune)
    assert sketch.chance == (again / len(tune) if len(tune) else 0.0)
    assert sketch.rows == len(train) + len(tune)


def test_columns_in_another_order_are_other_rows(drawn):
    train, tune, _ = drawn
    sketch = RowSketch.of("salt", train, tune)
    assert sketch.common(train[:50, ::-1]) == (50, 0)
    assert sketch.common(np.asfortranarray(train[:50])) == (50, 50)


def test_a_scorer_is_sketched_in_its_own_columns_and_salted_by_its_own_hash(fitted, development):
    scorer = fitted("scorecard")
    sketch = RowSketch.of_development(scorer, development)
    assert sketch.salt == scorer.sha256[:16]
    train = development.train.columns(scorer.features)
    assert sketch.common(train[:40]) == (40, 40)
    other = RowSketch.of_development(scorer.recalibrated(Calibration(0.3, 1.0)), development)
    assert not np.isin(sketch.hashes, other.hashes).any()
