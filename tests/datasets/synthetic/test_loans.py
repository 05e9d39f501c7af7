import io
import math
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import ipc
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import World, loans
from riskmodel.errors import DataError

EVERYTHING = World(40, 0.3, 0.4, 0.2, 0.05, 2.0, 0.3, 0.1, leak=True, intercept=-0.5)
ROWS = 2 * synthetic.BLOCK


def _bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def drawn(rows: int = ROWS, seed: int = 0, **of_world: float) -> pd.DataFrame:
    return synthetic.portfolio(rows, seed, World(**of_world)).to_pandas(date_as_object=False)


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return drawn(100_000, seed=11)


@pytest.mark.parametrize("world", [World(), EVERYTHING])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(world):
    made = _bytes(synthetic.portfolio(3000, 1, world))
    assert made == _bytes(synthetic.portfolio(3000, 1, world))
    assert made != _bytes(synthetic.portfolio(3000, 2, world))


@given(st.integers(1, ROWS + 5), st.integers(0, 3), st.sampled_from([World(), EVERYTHING]))
@settings(deadline=None, max_examples=8)
def test_the_first_rows_do_not_depend_on_how_many_follow(rows, seed, world):
    longer = synthetic.portfolio(ROWS + 7, seed, world)
    assert synthetic.portfolio(rows, seed, world).equals(longer.slice(0, rows))


def test_a_block_is_drawn_when_it_is_asked_for_and_not_before(monkeypatch):
    numbers = []
    monkeypatch.setattr(
        loans, "_block", lambda number, *rest, of=loans._block: numbers.append(number) or of(number, *rest)
    )
    blocks = synthetic.batches(10**9, seed=0)
    assert numbers == []
    assert next(blocks).num_rows == synthetic.BLOCK
    next(blocks)
    assert numbers == [0, 1]


def test_batches_hold_memory_to_a_block():
    peaks = []
    for blocks in (2, 6):
        tracemalloc.start()
        total = sum(batch.num_rows for batch in synthetic.batches(blocks * synthetic.BLOCK, 0, World(40)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total == blocks * synthetic.BLOCK
    assert peaks[1] < 1.2 * peaks[0]


def test_defaults_are_calibrated_to_the_true_pd_in_every_decile(plain):
    pd, default = plain["true_pd"].to_numpy(), plain["default"].to_numpy()
    for decile in np.array_split(np.argsort(pd), 10):
        standard_error = math.sqrt(np.sum(pd[decile] * (1 - pd[decile]))) / len(decile)
        assert abs(default[decile].mean() - pd[decile].mean()) < 3 * standard_error


def test_one_in_eight_is_bad_and_the_truth_ranks_as_credit_data_does(plain):
    auc = roc_auc_score(plain["default"], plain["true_pd"])
    assert 0.115 < plain["default"].mean() < 0.125
    assert 0.775 < auc < 0.795


def test_missing_income_says_something_and_months_are_missing_without_a_delinquency(plain):
    unstated = plain["income"].isna()
    assert 0.06 < unstated.mean() < 0.11
    assert plain.loc[unstated, "default"].mean() > 1.3 * plain.loc[~unstated, "default"].mean()
    assert (plain["months_since_delinquency"].isna() == (plain["delinquencies"] == 0)).all()


def test_vintages_are_first_days_of_months_in_no_order(plain):
    months = plain["vintage"]
    assert months.nunique() == synthetic.MONTHS
    assert all(month.day == 1 for month in months.unique())
    assert abs(np.corrcoef(np.arange(len(months)), months.astype("int64"))[0, 1]) < 0.01


def test_further_features_leave_the_core_as_it_is():
    narrow, middle, wide = (synthetic.portfolio(500, 3, World(features)) for features in (12, 23, 40))
    given_all_along = [name for name in narrow.column_names if name not in ("true_pd", "default")]
    assert wide.select(given_all_along).equals(narrow.select(given_all_along))
    assert [len(table.column_names) for table in (narrow, middle, wide)] == [18, 29, 46]
    assert set(middle.column_names) < set(wide.column_names)


def test_special_codes_stand_where_they_mean_something():
    wide = drawn(features=40)
    assert set(wide.loc[wide["score"] < 300, "score"]) == {-9, -8, -7}
    assert set(wide.loc[wide["trades_90d"] > 50, "trades_90d"]) == {96, 98}
    assert ((wide["months_since_inquiry"] == 999) == (wide["inquiries"] == 0)).all()
    assert (wide["months_employed"].isna() == wide["employment"].isin(["retired", "unemployed"])).all()
    assert wide.loc[wide["score"] == -7, "true_pd"].mean() > wide.loc[wide["score"] > 0, "true_pd"].mean()


def test_columns_go_together_and_categories_are_many_and_rare():
    wide = drawn(features=40)
    assert wide["score"].where(wide["score"] > 0).corr(wide["utilisation"]) < -0.3
    assert wide["balance_1"].corr(wide["balance_2"]) > 0.9
    assert wide["balance_1"].corr(wide["branch_distance"]) == pytest.approx(0, abs=0.02)
    assert wide["region"].nunique() > 390
    assert wide["channel"].value_counts(normalize=True).iloc[-2:].max() < 0.003
    odd = wide["region"].str[-1].astype(int) % 2 == 1
    assert (wide.loc[odd, "group"] == "B").mean() > 1.5 * (wide.loc[~odd, "group"] == "B").mean()


@pytest.mark.parametrize(("setting", "value"), [("gap", 0.8), ("drift", -0.6)])
def test_gap_and_drift_move_the_true_margin_by_their_amount_and_nothing_else(setting, value):
    even, changed = drawn(features=40), drawn(features=40, **{setting: value})
    months = (even["vintage"].dt.year - 2019) * 12 + even["vintage"].dt.month - 1
    share = {"gap": even["group"] == "B", "drift": months / 59}[setting]
    np.testing.assert_allclose(logit(changed["true_pd"]) - logit(even["true_pd"]), value * share, atol=1e-9)
    pd.testing.assert_frame_equal(*(loan.drop(columns=["true_pd", "default"]) for loan in (even, changed)))


def test_shift_puts_the_last_borrowers_under_more_strain_but_leaves_the_formula():
    world = World(shift=1.0)
    table = synthetic.portfolio(ROWS, 0, world)
    np.testing.assert_allclose(synthetic.true_pd(table), table["true_pd"].to_numpy(), rtol=1e-12)
    loans_of = table.to_pandas(date_as_object=False)
    by_year = loans_of.groupby(loans_of["vintage"].dt.year)[["utilisation", "true_pd"]].mean()
    assert (by_year.diff().dropna() > 0).all(axis=None)


def test_noise_flips_outcomes_with_its_probability_and_says_what_is_then_observed():
    clean, noisy = drawn(100_000), drawn(100_000, noise=0.1)
    flipped = clean["default"] != noisy["default"]
    assert flipped.mean() == pytest.approx(0.1, abs=0.004)
    assert clean["true_pd"].equals(noisy["true_pd"])
    assert abs(np.corrcoef(flipped, clean["true_pd"])[0, 1]) < 0.015
    deviation = noisy["default"].mean() - noisy["observed_pd"].mean()
    assert abs(deviation) < 3 * math.sqrt(0.25 / 100_000)


def test_missing_says_how_many_times_as_often_a_value_is_left_out():
    usual, none, twice = (drawn(features=40, missing=times) for times in (1.0, 0.0, 2.0))
    for name in ("income", "residence"):
        assert not none[name].isna().any()
        assert twice[name].isna().sum() / usual[name].isna().sum() == pytest.approx(2, abs=0.1)
    assert none["months_since_delinquency"].isna().equals(usual["months_since_delinquency"].isna())


def test_borrowers_come_back_as_the_same_person_at_another_time():
    wide = drawn(features=40, returning=0.4)
    first = wide.set_index("loan_id").loc[wide["borrower_id"]].reset_index(drop=True)
    again = wide["borrower_id"] != wide["loan_id"]
    assert again.mean() == pytest.approx(0.4, abs=0.01)
    for name in ("group", "employment", "region", "dependants"):
        assert (first[name] == wide[name]).all()
    aged = wide["age"] - first["age"] - (wide["vintage"].dt.year - first["vintage"].dt.year)
    assert (aged[(wide["age"] > 18) & (wide["age"] < 85)] == 0).all()
    assert (wide["vintage"] != first["vintage"])[again].mean() > 0.9
    assert np.corrcoef(wide["utilisation"][again], first["utilisation"][again])[0, 1] > 0.2


def test_duplicates_repeat_a_row_in_full():
    wide = drawn(features=23, duplicates=0.4, noise=0.1, leak=True)
    repeated = wide.duplicated()
    assert repeated.mean() == pytest.approx(0.4, abs=0.01)
    assert repeated.equals(wide["loan_id"].duplicated())
    assert not drawn()["loan_id"].duplicated().any()


def test_the_leak_tells_the_outcome_and_no_honest_feature_does():
    wide = drawn(features=40, leak=True)
    for name in ("collections_amount", "written_off"):
        assert roc_auc_score(wide["default"], wide[name]) > 0.95
    numbers = wide[[entry.name for entry in synthetic.FEATURES if not entry.levels]].fillna(-1)
    aucs = [roc_auc_score(wide["default"], numbers[name]) for name in numbers]
    assert max(abs(auc - 0.5) for auc in aucs) < 0.3


@pytest.mark.parametrize("rate", [0.005, 0.2])
def test_a_target_rate_is_met_by_an_intercept(rate):
    world = synthetic.at_rate(World(40, drift=0.5, gap=0.3, intercept=3.0), rate, seed=2)
    assert drawn(seed=9, **vars(world))["true_pd"].mean() == pytest.approx(rate, rel=0.05)
    assert (world.features, world.drift, world.gap) == (40, 0.5, 0.3)


@pytest.mark.parametrize(
    ("of_world", "message"),
    [
        ({"features": 41}, r"features must be in \[12, 40\], however: 41"),
        ({"noise": 0.5}, r"noise must be in \[0, 0.4\], however: 0.5"),
        ({"gap": math.nan}, r"gap must be in \[-5, 5\], however: nan"),
        ({"duplicates": -0.1}, r"duplicates must be in \[0, 0.9\], however: -0.1"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(of_world, message):
    with pytest.raises(DataError, match=message):
        World(**of_world)


def test_no_rows_and_impossible_rates_are_refused():
    with pytest.raises(DataError, match="rows must be at least 1, however: 0"):
        synthetic.batches(0, seed=0)
    with pytest.raises(DataError, match=r"target rate must be in \[0.0005, 0.9\], however: 0"):
        synthetic.at_rate(World(), 0.0, seed=0)
