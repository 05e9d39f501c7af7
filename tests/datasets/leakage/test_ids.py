import numpy as np
import pytest
from leaky_loans import clean

from riskmodel.datasets.leakage import SuspectSeverity

ROWS = 1500


def suspected(suspects, values, name="x", **roles):
    columns = clean(ROWS, 1) | {name: values}
    return {s.severity: s for s in suspects(columns, **roles) if s.column == name and s.screen.startswith("id")}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.arange(ROWS), "equal by chance"),
        (np.arange(ROWS)[::-1] + 5e6, "equal by chance"),
        (np.random.default_rng(0).permutation(40_000)[:ROWS], "equal by chance"),
        (np.char.add("L", np.arange(ROWS).astype(str)), "as an id has"),
    ],
)
def test_a_number_for_each_row_blocks(suspects, values, why):
    assert why in suspected(suspects, values)[SuspectSeverity.BLOCKS].evidence


def test_a_wide_number_for_each_row_blocks_by_its_name_or_its_order(suspects):
    wide = np.arange(ROWS) * 7_919_771 % (10**9 + 7)
    assert len(set(wide.tolist())) == ROWS
    assert suspected(suspects, wide) == {}
    assert "the name of an id" in suspected(suspects, wide, "ACCOUNT_NO")[SuspectSeverity.BLOCKS].evidence
    opened = clean(ROWS, 1)["opened"].astype(int)
    in_time = opened * 10**6 + np.arange(ROWS) * 601
    assert "sorts like time" in suspected(suspects, in_time)[SuspectSeverity.BLOCKS].evidence


@pytest.mark.parametrize("seed", range(10))
def test_quantities_that_happen_to_differ_are_no_id(suspects, seed):
    draw = np.random.default_rng(seed)
    assert suspected(suspects, draw.integers(0, 10**10, ROWS)) == {}
    assert suspected(suspects, draw.normal(size=ROWS)) == {}
    assert suspected(suspects, np.round(draw.lognormal(12, 1, ROWS))) == {}


def test_a_number_that_comes_back_warns_by_its_name(suspects):
    borrower = np.random.default_rng(0).integers(0, 700, ROWS)
    assert "data.borrower" in suspected(suspects, borrower, "CustomerId")[SuspectSeverity.WARNS].evidence
    assert suspected(suspects, borrower) == {}
    assert suspected(suspects, borrower % 5, "region_no") == {}


def test_an_id_that_sorts_like_the_outcome_or_time_is_told_and_does_not_block(suspects):
    columns = clean(ROWS, 1)
    for order, severity, words in (
        (np.lexsort((np.arange(ROWS), columns["default"])), SuspectSeverity.WARNS, "sorts like the outcome (AUC 1.000"),
        (np.argsort(columns["opened"]), SuspectSeverity.NOTES, "sorts like time (Spearman +1.000)"),
    ):
        number = np.empty(ROWS, int)
        number[order] = np.arange(ROWS)
        for spelt in (number, np.char.zfill(number.astype(str), 6)):
            assert words in suspected(suspects, spelt, "loan", id="loan")[severity].evidence


def test_an_id_of_letters_has_no_order(suspects):
    assert suspected(suspects, np.char.add("L", np.arange(ROWS).astype(str)), "loan", id="loan") == {}
