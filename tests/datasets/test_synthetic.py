import io
import math
import tracemalloc
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc
from sklearn.metrics import roc_auc_score

from riskmodel.core import Role
from riskmodel.datasets import schema, synthetic
from riskmodel.errors import DataError


def _bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.fixture(scope="module")
def loans() -> pa.Table:
    return synthetic.portfolio(100_000, seed=11)


def slow_margin(loan: dict[str, Any], gap: float) -> float:
    """The documented formula, one loan at a time, from the table as a user sees it."""
    unstable = loan["employment"] in ("self_employed", "unemployed")
    recent = loan["months_since_delinquency"] is not None and loan["months_since_delinquency"] < 6
    return (
        -2.95
        + 0.8 * loan["utilisation"]
        + (0.7 if loan["utilisation"] > 0.8 else 0)
        + 0.4 * min(loan["delinquencies"], 4)
        + 0.15 * min(loan["inquiries"], 6)
        + (0.5 if loan["income"] is None else -0.5 * math.log(loan["income"] / 40_000))
        + (0.8 if recent else 0)
        + (1.0 if loan["debt_to_income"] > 0.4 and unstable else 0)
        + (0.5 if loan["inquiries"] >= 3 and loan["utilisation"] > 0.5 else 0)
        - 0.04 * min(loan["file_age"], 15)
        - 0.1 * math.log1p(loan["savings"] / 1000)
        + (0.4 if loan["age"] < 25 else 0)
        + synthetic.EMPLOYMENT[loan["employment"]]
        + synthetic.PURPOSE[loan["purpose"]]
        + (gap if loan["group"] == "B" else 0)
    )


@pytest.mark.parametrize("gap", [0.0, 0.7])
def test_the_true_pd_is_the_documented_formula_of_what_the_table_shows(gap):
    table = synthetic.portfolio(1500, seed=4, gap=gap)
    expected = [1 / (1 + math.exp(-slow_margin(loan, gap))) for loan in table.to_pylist()]
    np.testing.assert_allclose(table["true_pd"].to_numpy(), expected, rtol=1e-12)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert _bytes(synthetic.portfolio(3000, seed=1)) == _bytes(synthetic.portfolio(3000, seed=1))
    assert _bytes(synthetic.portfolio(3000, seed=1)) != _bytes(synthetic.portfolio(3000, seed=2))


@given(st.integers(1, 2 * synthetic.BLOCK + 5), st.integers(0, 3))
@settings(deadline=None, max_examples=8)
def test_the_first_rows_do_not_depend_on_how_many_follow(rows, seed):
    longer = synthetic.portfolio(2 * synthetic.BLOCK + 7, seed)
    assert synthetic.portfolio(rows, seed).num_rows == rows
    assert synthetic.portfolio(rows, seed).equals(longer.slice(0, rows))


def test_batches_hold_memory_to_a_block():
    peaks = []
    for blocks in (2, 8):
        tracemalloc.start()
        total = sum(batch.num_rows for batch in synthetic.batches(blocks * synthetic.BLOCK, seed=0))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total == blocks * synthetic.BLOCK
    assert peaks[1] < 1.2 * peaks[0]


def test_defaults_are_calibrated_to_the_true_pd_in_every_decile(loans):
    pd, default = loans["true_pd"].to_numpy(), loans["default"].to_numpy()
    for decile in np.array_split(np.argsort(pd), 10):
        standard_error = math.sqrt(np.sum(pd[decile] * (1 - pd[decile]))) / len(decile)
        assert abs(default[decile].mean() - pd[decile].mean()) < 3 * standard_error


def test_one_in_eight_is_bad_and_the_truth_ranks_as_credit_data_does(loans):
    pd, default = loans["true_pd"].to_numpy(), loans["default"].to_numpy()
    auc = roc_auc_score(default, pd)
    print(f"bad rate {default.mean():.4f}, AUC of the true PD {auc:.4f}")
    assert 0.115 < default.mean() < 0.125
    assert 0.775 < auc < 0.795


def test_missing_income_says_something_and_months_are_missing_without_a_delinquency(loans):
    frame = loans.to_pandas()
    unstated = frame["income"].isna()
    assert 0.06 < unstated.mean() < 0.11
    assert frame.loc[unstated, "default"].mean() > 1.3 * frame.loc[~unstated, "default"].mean()
    assert (frame["months_since_delinquency"].isna() == (frame["delinquencies"] == 0)).all()


def test_the_gap_is_between_the_groups_and_nothing_else_moves():
    even, apart = synthetic.portfolio(40_000, seed=0), synthetic.portfolio(40_000, seed=0, gap=0.8)
    moved = np.log(apart["true_pd"].to_numpy() / (1 - apart["true_pd"].to_numpy()))
    moved -= np.log(even["true_pd"].to_numpy() / (1 - even["true_pd"].to_numpy()))
    np.testing.assert_allclose(moved, np.where(np.array(even["group"].to_pylist()) == "B", 0.8, 0), atol=1e-9)
    features = [name for name in even.column_names if name not in ("true_pd", "default")]
    assert even.select(features).equals(apart.select(features))


def test_it_fits_its_own_roles_with_twelve_features(loans):
    columns = schema.learn(loans, synthetic.roles("loans.parquet"))
    assert len(columns.features) == 12
    assert [column.name for column in columns.named(Role.PROTECTED)] == ["group"]
    assert "true_pd" not in [column.name for column in columns.columns]
    months = loans["vintage"].to_pandas()
    assert len(months.unique()) == synthetic.MONTHS
    assert all(month.day == 1 for month in months.unique())


def test_no_rows_are_refused():
    with pytest.raises(DataError, match="rows must be at least 1, however: 0"):
        synthetic.batches(0, seed=0)
