"""All rows of a borrower go into one sample, and the samples keep their shares of bads and goods."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.config import SplitShares
from riskmodel.datasets import split

SHARES = SplitShares(tune=0.15, selection=0.2, test=0.2)


@st.composite
def portfolios(draw):
    """Outcome and borrower of each row: most have one loan, some have many, and bads come in clusters."""
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    sizes = rng.choice([1, 2, 3, 15], draw(st.integers(400, 900)), p=[0.7, 0.15, 0.1, 0.05])
    risky = rng.random(len(sizes)) < 0.3
    borrower = np.repeat(np.arange(len(sizes)), sizes)
    default = (rng.random(len(borrower)) < np.where(risky, 0.5, 0.02)[borrower]).astype(np.int8)
    order = rng.permutation(len(borrower))
    return default[order], np.unique(borrower[order], return_inverse=True)[1], int(sizes.max())


@given(portfolios(), st.integers(0, 2**31 - 1))
@settings(deadline=None, max_examples=40)
def test_no_borrower_is_in_two_samples_and_the_shares_hold(portfolio, seed):
    default, borrower, largest = portfolio
    rows = split.draw(default, SHARES, seed, borrower=borrower)
    parts = list(rows.samples.values())
    assert sorted(np.concatenate(parts)) == list(range(len(default)))
    owners = [set(borrower[part]) for part in parts]
    assert sum(map(len, owners)) == len(set().union(*owners))
    for part, share in zip(parts, (0.45, 0.15, 0.2, 0.2), strict=True):
        for outcome in (0, 1):
            wanted = share * np.sum(default == outcome)
            assert abs(np.sum(default[part] == outcome) - wanted) <= 2 * largest + 1


@given(st.integers(0, 999))
@settings(deadline=None, max_examples=10)
def test_borrowers_with_one_loan_each_change_nothing(seed):
    default = (np.random.default_rng(seed).random(500) < 0.2).astype(np.int8)
    alone = split.draw(default, SHARES, seed, borrower=np.arange(500))
    assert alone.sha256 == split.draw(default, SHARES, seed).sha256


def test_a_borrower_is_known_by_its_text_and_a_row_without_one_is_alone():
    table = pa.table({"who": pa.array([7.0, None, 3.0, 7.0, None, 3.0])})
    assert split.borrowers(table, "who").tolist() == [0, 1, 2, 0, 3, 2]
    text = pa.table({"who": pa.array(["b", "", "a", "b", None, "a"]).dictionary_encode()})
    assert split.borrowers(text, "who").tolist() == [0, 1, 2, 0, 3, 2]


@pytest.mark.parametrize("rows", [1, 5])
def test_all_rows_may_be_of_one_borrower_or_of_none(rows):
    assert split.borrowers(pa.table({"who": ["x"] * rows}), "who").tolist() == [0] * rows
    nobody = pa.table({"who": pa.array([None] * rows, pa.string())})
    assert split.borrowers(nobody, "who").tolist() == list(range(rows))
