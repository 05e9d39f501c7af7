"""PSI and CSI: their figure, their law, their interval, and bins that are empty."""

from __future__ import annotations

import numpy as np
import pytest

from riskmodel.core import Column, Kind
from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.stability.stability import csi, psi

FEATURES = (Column("age"), Column("job", kind=Kind.CATEGORICAL, categories=("a", "b", "c")), Column("fixed"))


def test_a_shift_is_found_and_the_same_population_passes(limits):
    rng = np.random.default_rng(1)
    old, same, new = rng.normal(0, 1, 3000), rng.normal(0, 1, 2000), rng.normal(0.9, 1, 2000)
    assert psi(old, same, limits).mark is Mark.PASS
    assert psi(old, new, limits).mark is Mark.FAIL
    assert [row[0] for row in psi(old, new, limits).tables[0].rows][-2:] == ["above", "missing"]


def test_few_rows_are_no_evidence_of_a_shift(limits):
    """110 rows give a PSI beyond 0.10 by chance: that is no shift."""
    rng = np.random.default_rng(5)
    result = psi(rng.normal(size=110), rng.normal(size=110), limits)
    assert result.value > 0.10
    assert result.mark is Mark.NOT_EVALUATED
    assert "Chance alone" in result.reason


def test_small_and_constant_samples_are_not_evaluated(limits):
    assert psi(np.arange(50.0), np.arange(500.0), limits).mark is Mark.NOT_EVALUATED
    assert "one bin" in psi(np.ones(200), np.ones(300), limits).reason


def test_missing_values_and_new_levels_count_as_bins(limits):
    rng = np.random.default_rng(2)
    old = np.column_stack([rng.normal(size=900), rng.integers(0, 2, 900), np.ones(900)])
    new = np.column_stack([rng.normal(size=800), rng.integers(0, 3, 800), np.ones(800)])
    result = csi(old, new, FEATURES, limits)
    assert (result.about, result.mark) == ("job", Mark.FAIL)
    assert result.tables[0].rows[2][8] == "NOT EVALUATED"
    new[:400, 0] = np.nan
    assert csi(old[:, :1], new[:, :1], FEATURES[:1], limits).mark is Mark.FAIL


def test_other_columns_are_refused(limits):
    with pytest.raises(DataError, match="must have the 3 features, however: 3 and 2 columns"):
        csi(np.ones((200, 3)), np.ones((200, 2)), FEATURES, limits)
