"""What every scorer inherits: PDs from margins, an identity of all that it computes; and what a PD leads to."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_scorer import FEATURES, ToyScorer

from riskmodel.core import DECISIONS, Calibration, Column, Complexity, Policy, Sample, canonical
from riskmodel.core.scorer import SINGLE, identity
from riskmodel.errors import BundleError

MATRIX = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, -1.0], [np.nan, 1.0, 0.5]])


def test_a_pd_is_the_logistic_function_of_the_calibrated_margin():
    scorer = ToyScorer.of([0.5, -1.0, 2.0], Calibration(0.25, 2.0))
    margins = 0.25 + 2.0 * np.array([0.0, -3.5, 0.0])
    np.testing.assert_allclose(scorer.margin(MATRIX), margins, rtol=1e-15)
    np.testing.assert_allclose(scorer.pd(MATRIX), 1 / (1 + np.exp(-margins)), rtol=1e-15)


def test_a_sample_is_scored_by_the_names_of_its_columns():
    scorer = ToyScorer.of([0.5, -1.0, 2.0])
    turned = Sample("s", FEATURES[::-1], MATRIX[:, ::-1], np.zeros(3, np.int8), np.arange(3))
    np.testing.assert_array_equal(scorer.score(turned), scorer.pd(MATRIX))


def test_recalibrated_is_another_scorer_and_the_first_stays():
    scorer = ToyScorer.of([0.5, -1.0, 2.0])
    other = scorer.recalibrated(Calibration(1.0, 1.0))
    np.testing.assert_allclose(other.margin(MATRIX), scorer.margin(MATRIX) + 1.0)
    assert scorer.calibration == Calibration()
    assert other.sha256 != scorer.sha256


def test_the_identity_is_of_all_that_decides_and_of_nothing_else():
    scorer = ToyScorer.of([0.5, -1.0, 2.0])
    assert scorer.sha256 == ToyScorer.of([0.5, -1.0, 2.0]).sha256
    renamed = replace(scorer, features=(Column("u"), *FEATURES[1:]))
    differing = [scorer, ToyScorer.of([0.5, -1.0, 2.5]), renamed, scorer.recalibrated(Calibration(0.0, 1.1))]
    assert len({one.sha256 for one in differing}) == len(differing)
    files = scorer.files()
    assert identity("toy", FEATURES, Calibration(), files) == scorer.sha256
    assert identity("joy", FEATURES, Calibration(), files) != scorer.sha256
    assert identity("toy", FEATURES, Calibration(), {"other.json": files["weights.json"]}) != scorer.sha256


def test_the_order_of_files_is_no_part_of_the_identity():
    one, other = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert identity("toy", FEATURES, Calibration(), one) == identity("toy", FEATURES, Calibration(), other)
    assert identity("toy", FEATURES, Calibration(), {"a": b"2", "b": b"1"}) != identity(
        "toy", FEATURES, Calibration(), one
    )


def test_a_kind_without_a_reader_is_refused_by_name():
    with pytest.raises(BundleError, match="a toy scorer cannot be loaded"):
        ToyScorer.from_files(FEATURES, Calibration(), {})


def test_processors_may_differ_by_single_precision_unless_a_kind_says_less():
    assert ToyScorer.of([1.0, 1.0, 1.0]).pd_tolerance == SINGLE == 1e-5


def test_the_active_share_is_of_the_numbers_that_were_learnt():
    assert Complexity(3, 8, 2, 1.0, 10).active_share == 0.25
    assert Complexity(0, 0, 0, 0.0, 10).active_share == 1.0


POLICY = Policy(0.3, 0.2, (0.05, 0.1, 0.2))


@pytest.mark.parametrize(
    ("pd", "grade", "decision"),
    [
        (0.0, "A", "approve"),
        (np.nextafter(0.05, 0), "A", "approve"),
        (0.05, "B", "approve"),  # one on an edge belongs above it
        (0.1, "C", "approve"),
        (np.nextafter(0.2, 0), "C", "approve"),
        (0.2, "D", "refer"),
        (np.nextafter(0.3, 0), "D", "refer"),
        (0.3, "D", "decline"),  # a PD at the cutoff is declined
        (1.0, "D", "decline"),
    ],
)
def test_edges_belong_to_what_lies_above_them(pd, grade, decision):
    assert (POLICY.grade(pd), POLICY.decision(pd)) == (grade, decision)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_pd_never_leads_to_a_better_grade_or_decision(one, other):
    low, high = sorted((one, other))
    assert POLICY.grade(low) <= POLICY.grade(high)
    assert DECISIONS.index(POLICY.decision(low)) <= DECISIONS.index(POLICY.decision(high))


def test_without_a_band_nobody_is_referred():
    assert {Policy(0.3, 0.3, (0.1,)).decision(pd) for pd in np.linspace(0, 1, 101)} == {"approve", "decline"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_json_has_one_spelling_and_gives_back_what_it_was_given(data):
    text = canonical(data)
    assert json.loads(text) == data
    assert canonical(json.loads(text)) == text
    assert text.endswith(b"\n")


def test_keys_are_sorted_and_letters_are_themselves():
    assert canonical({"b": 1, "a": [1.5, "ä"]}) == canonical({"a": [1.5, "ä"], "b": 1})
    assert "ä".encode() in canonical({"a": "ä"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_json_does_not_have_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"a": value})
