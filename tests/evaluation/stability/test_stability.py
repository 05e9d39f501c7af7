"""PSI and CSI: their figure, their law, their interval, and bins that are empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from riskmodel.core import Column, Kind
from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.stability.stability import csi, psi, shift

FEATURES = (Column("age"), Column("job", kind=Kind.CATEGORICAL, categories=("a", "b", "c")), Column("fixed"))


def test_the_figure_and_the_critical_value_by_hand():
    """Yurdakul and Naranjo: shares 0.5, 0.3, 0.2 against 0.4, 0.4, 0.2, of 200 and 100 rows."""
    figure, statistic, p_value, freedom = shift(np.array([100, 60, 40]), np.array([40, 40, 20]))
    value = -0.1 * np.log(0.4 / 0.5) + 0.1 * np.log(0.4 / 0.3)
    assert figure.value == pytest.approx(value)
    assert statistic == pytest.approx(value / (1 / 200 + 1 / 100))
    assert p_value == pytest.approx(chi2.sf(statistic, freedom))
    assert freedom == 2


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8))
def test_the_figure_is_symmetric_finite_and_within_its_interval(counts):
    before, after = (np.array(c) for c in zip(*counts, strict=True))
    if not before.sum() or not after.sum() or (found := shift(before, after)) is None:
        return
    assert found[0].value == pytest.approx(shift(after, before)[0].value)
    assert 0 <= found[0].low <= found[0].value <= found[0].high < np.inf


def test_the_interval_holds_the_truth_in_about_95_percent():
    rng, held = np.random.default_rng(0), []
    e, a = np.array([0.25, 0.25, 0.25, 0.25]), np.array([0.30, 0.27, 0.23, 0.20])
    truth = ((a - e) * np.log(a / e)).sum()
    for _ in range(300):
        figure = shift(rng.multinomial(900, e), rng.multinomial(700, a))[0]
        held.append(figure.low <= truth <= figure.high)
    assert 0.92 < np.mean(held) < 0.98


def test_a_shift_is_found_and_the_same_population_passes(limits):
    rng = np.random.default_rng(1)
    old, same, new = rng.normal(0, 1, 3000), rng.normal(0, 1, 2000), rng.normal(0.9, 1, 2000)
    assert psi(old, same, limits).mark is Mark.PASS
    assert psi(old, new, limits).mark is Mark.FAIL
    assert [row[0] for row in psi(old, new, limits).tables[0].rows][-2:] == ["above", "missing"]


def test_few_rows_are_no_evidence_of_a_shift(limits):
    """110 rows give a PSI beyond 0.10 by chance: that is no shift."""
    rng = np.random.default_rng(5)
    found = psi(rng.normal(size=110), rng.normal(size=110), limits)
    assert found.value > 0.10
    assert found.mark is Mark.NOT_EVALUATED
    assert "Chance alone" in found.reason


def test_small_and_constant_samples_are_not_evaluated(limits):
    assert psi(np.arange(50.0), np.arange(500.0), limits).mark is Mark.NOT_EVALUATED
    assert "one bin" in psi(np.ones(200), np.ones(300), limits).reason


def test_missing_values_and_new_levels_count_as_bins(limits):
    rng = np.random.default_rng(2)
    old = np.column_stack([rng.normal(size=900), rng.integers(0, 2, 900), np.ones(900)])
    new = np.column_stack([rng.normal(size=800), rng.integers(0, 3, 800), np.ones(800)])
    found = csi(old, new, FEATURES, limits)
    assert (found.about, found.mark) == ("job", Mark.FAIL)
    assert found.tables[0].rows[2][8] == "NOT EVALUATED"
    new[:400, 0] = np.nan
    assert csi(old[:, :1], new[:, :1], FEATURES[:1], limits).mark is Mark.FAIL


def test_other_columns_are_refused(limits):
    with pytest.raises(DataError, match="must have the 3 features, however: 3 and 2 columns"):
        csi(np.ones((200, 3)), np.ones((200, 2)), FEATURES, limits)
