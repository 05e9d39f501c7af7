"""Each check by itself: what it finds, what it lets pass, what it cannot tell."""

from dataclasses import replace

import numpy as np
import pytest
from faults import _with_pds, calibrated_here, clean, filled, sorted_and_cut

from riskmodel.review.cautions import State, columns, outcomes
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.findings import Severity


@pytest.fixture(scope="module")
def given():
    return clean(3, rows=1_500)


@pytest.mark.parametrize(
    ("digits", "state"), [(1, State.WARNED), (3, State.WARNED), (4, State.WARNED), (6, State.CLEAR)]
)
def test_pds_of_a_few_digits_are_told(given, digits, state):
    pd = np.clip(np.round(given.challenger.pd, digits), 10.0**-digits, 1 - 10.0**-digits)
    result = outcomes.rounded(_with_pds(given, pd))
    assert result.state is state
    if state is State.WARNED:
        assert (result.statement, result.severity) == (
            f"PDs are rounded: the challenger's to {digits} digits.",
            Severity.MEDIUM,
        )


def test_a_calibration_on_the_rows_is_told_and_one_on_others_is_not(limits):
    assert outcomes.calibrated_here(calibrated_here(1), limits).state is State.WARNED
    calm = [outcomes.calibrated_here(clean(seed, rows=900), limits).state for seed in range(30)]
    assert set(calm) == {State.CLEAR}
    assert outcomes.calibrated_here(replace(clean(0, rows=300), default=None), limits).state is State.NOT_EVALUATED


def test_rows_left_out_by_outcome_are_told_and_a_mild_year_is_not(limits):
    result = outcomes.selected_by_outcome(sorted_and_cut(2), limits)
    assert result.statement.startswith("Far fewer bads")
    mild = clean(2)
    default = mild.default.copy()
    default[np.flatnonzero(default)[::5]] = 0  # a fifth of the bads
    assert outcomes.selected_by_outcome(replace(mild, default=default), limits).state is State.CLEAR
    assert outcomes.selected_by_outcome(replace(mild, earlier=None), limits).state is State.NOT_EVALUATED


def dated(*months, months_each=1):
    numbers = np.array(months, dtype="datetime64[M]").astype(np.intp)
    return Dated(np.resize(numbers, 1_500), months_each)


@pytest.mark.parametrize(
    ("when", "gaps"),
    [
        (dated("2023-11", "2023-12", "2024-02"), ["2024-01"]),
        (dated("2023-10", "2024-04", "2024-07", months_each=3), ["2024-Q1"]),
        (dated("2024-01", "2024-02"), []),
    ],
)
def test_gaps_are_named_by_month_or_quarter(when, gaps):
    assert when.gaps == gaps


def test_dates_are_told_or_said_to_be_missing(given):
    assert outcomes.dates(given).state is State.NOT_EVALUATED
    before = replace(given.earlier, dated=dated("2023-11", "2023-12"))
    now = replace(given, dated=dated("2024-01", "2024-02", "2024-03"), earlier=before)
    assert outcomes.dates(now).state is State.CLEAR
    assert outcomes.dates(replace(now, dated=dated("2024-01", "2024-03"))).severity is Severity.MEDIUM
    later = replace(given.earlier, dated=dated("2025-01"))
    assert outcomes.dates(replace(now, earlier=later)).severity is Severity.HIGH


def test_quarters_are_held_against_months_by_their_dates_and_not_by_their_names(given):
    """As text 2024-11 comes before 2024-Q1."""
    quarters = replace(given.earlier, dated=dated("2023-10", "2024-01", months_each=3))
    caution = outcomes.dates(replace(given, dated=dated("2024-11"), earlier=quarters))
    assert caution.state is State.CLEAR
    assert caution.evidence == "Reviewed: 2024-11 to 2024-11; before: 2023-Q4 to 2024-Q1."


def test_missing_values_that_one_side_fills_are_told_by_column_and_value(given):
    caution = columns.filled(filled(0))
    assert "income, which the challenger reads as 0 in" in caution.statement
    assert columns.filled(given).state is State.CLEAR
    turned = replace(filled(0), champion=filled(0).challenger, challenger=filled(0).champion)
    assert "income, which the champion reads as 0" in columns.filled(turned).statement
