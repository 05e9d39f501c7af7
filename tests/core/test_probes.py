"""A scorer says of its probe rows what it said when they were written, or it is refused."""

import numpy as np
import pytest
from toy_scorer import FEATURES, ToyScorer

from riskmodel.core import Column, Probes
from riskmodel.core.probes import COUNT
from riskmodel.errors import BundleError

SCORER = ToyScorer.of([0.5, -1.0, 2.0])


def test_the_same_scorer_gives_the_same_rows_and_agrees_with_itself():
    probes = Probes.of(SCORER)
    assert probes.rows.shape == (COUNT, 3)
    assert probes.to_json(FEATURES) == Probes.of(SCORER).to_json(FEATURES)
    probes.check(SCORER)


def test_a_scorer_that_is_off_anywhere_is_refused_with_the_row():
    probes = Probes.of(SCORER)
    wrong = Probes(probes.rows, np.where(np.arange(COUNT) == 7, probes.pd + 1e-3, probes.pd))
    with pytest.raises(BundleError, match=r"within 1e-05, however: row 7 has"):
        wrong.check(SCORER)


def test_the_last_digits_of_another_processor_are_let_pass():
    probes = Probes.of(SCORER)
    Probes(probes.rows, probes.pd + 0.9e-5).check(SCORER)
    with pytest.raises(BundleError):
        Probes(probes.rows, probes.pd + 1.1e-5).check(SCORER)


def test_a_pd_that_is_no_number_is_only_right_where_it_was_none():
    rows = np.zeros((2, 3))
    both = Probes(rows, np.array([0.5, np.nan]))
    with pytest.raises(BundleError, match=r"row 1 has 0\.5, not nan"):
        both.check(SCORER)


def test_json_keeps_every_number_and_missing_is_null():
    rows = np.array([[0.1, np.nan, 1e-300], [2 / 3, 5e9, -0.0]])
    again = Probes.from_json(Probes(rows, np.array([0.25, 1 / 3])).to_json(FEATURES), FEATURES)
    np.testing.assert_array_equal(again.rows, rows)
    np.testing.assert_array_equal(again.pd, [0.25, 1 / 3])
    assert b"null" in Probes(rows, np.array([0.25, 1 / 3])).to_json(FEATURES)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"pd": [0.5]}',
        b'{"pd": [], "columns": {"x": [], "y": [], "z": []}}',
        b'{"pd": [0.5], "columns": {"x": [1], "y": [1]}}',
        b'{"pd": [0.5], "columns": {"x": [1, 2], "y": [1, 2], "z": [1, 2]}}',
        b'{"pd": ["half"], "columns": {"x": [1], "y": [1], "z": [1]}}',
        b'{"pd": [0.5], "columns": {"x": [1], "y": [1, 2], "z": [1]}}',
    ],
)
def test_damaged_probes_are_refused_in_one_line(text):
    with pytest.raises(BundleError, match="the probe rows") as refusal:
        Probes.from_json(text, FEATURES)
    assert "\n" not in str(refusal.value)


def test_rows_are_taken_by_the_names_of_the_features():
    probes = Probes(np.array([[1.0, 2.0, 3.0]]), np.array([0.5]))
    turned = Probes.from_json(probes.to_json(FEATURES), FEATURES[::-1])
    assert turned.rows.tolist() == [[3.0, 2.0, 1.0]]
    with pytest.raises(BundleError, match="damaged"):
        Probes.from_json(probes.to_json(FEATURES), (Column("other"),))
