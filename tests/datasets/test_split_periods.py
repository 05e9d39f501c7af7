"""Development before selection before test, whatever the dates are like and however the table is sorted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.config import SplitShares
from riskmodel.datasets import split
from riskmodel.errors import DataError

START = np.datetime64("2019-01-01")


def portfolio(seed: int, rows: int = 900, days: int = 700, step: int = 1):
    """Outcome, date and borrower of each row; `step` is the days between two dates."""
    rng = np.random.default_rng(seed)
    when = START + rng.integers(0, days // step, rows) * step
    default = (rng.random(rows) < 0.25).astype(np.int8)
    return default, when, np.unique(rng.integers(0, rows, rows), return_inverse=True)[1]


cases = st.builds(
    portfolio,
    st.integers(0, 999),
    rows=st.integers(600, 900),
    days=st.integers(400, 900),
    step=st.sampled_from([1, 30]),
)
splits = st.builds(SplitShares, gap_days=st.sampled_from([0, 1, 45]), window_days=st.sampled_from([0, 1, 60]))


@given(cases, splits, st.booleans(), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_time_runs_forward_and_every_row_has_one_place(case, shares, grouped, seed):
    default, when, borrower = case
    rows = split.draw(default, shares, seed, when, borrower if grouped else None)
    placed = np.concatenate([*rows.samples.values(), *rows.left_out.values()])
    assert sorted(placed) == list(range(len(default)))
    development = np.concatenate([rows.train, rows.tune])
    for earlier, later in ((development, rows.selection), (rows.selection, rows.test)):
        assert (when[later].min() - when[earlier].max()).astype(int) > shares.gap_days
    assert ((when.max() - when[rows.test]).astype(int) >= shares.window_days).all()
    if grouped:
        owners = [set(borrower[part]) for part in rows.samples.values()]
        assert sum(map(len, owners)) == len(set().union(*owners))


@given(cases, st.integers(0, 99))
@settings(deadline=None, max_examples=20)
def test_no_date_sample_depends_on_the_order_of_the_table(case, seed):
    default, when, borrower = case
    shares, order = SplitShares(gap_days=10), np.random.default_rng(seed).permutation(len(default))
    rows = split.draw(default, shares, 0, when, borrower)
    shuffled = split.draw(default[order], shares, 0, when[order], borrower[order])
    for name in ("selection", "test"):
        assert sorted(order[shuffled.samples[name]]) == rows.samples[name].tolist()
    both = np.concatenate([shuffled.train, shuffled.tune])
    assert sorted(order[both]) == sorted(np.concatenate([rows.train, rows.tune]))


def test_samples_have_nearly_their_shares_and_train_and_tune_cover_the_same_time():
    default, when, _ = portfolio(3, rows=9000)
    rows = split.draw(default, SplitShares(), 0, when)
    for name, share in (("train", 0.45), ("tune", 0.15), ("selection", 0.2), ("test", 0.2)):
        assert len(rows.samples[name]) / 9000 == pytest.approx(share, abs=0.002)
    middle = [np.median(when[part].astype(int)) for part in (rows.train, rows.tune)]
    assert abs(middle[0] - middle[1]) < 20
    assert rows.left_out == {}


def test_the_border_is_the_date_that_comes_nearest_to_the_share():
    """Ten rows a month for ten months, then 25 in the last: test has that month, selection two, development eight."""
    when = np.concatenate([np.repeat(START + 30 * np.arange(10), 10), np.repeat(START + 300, 25)])
    default = np.tile([0, 0, 1, 0, 1], 25).astype(np.int8)
    rows = split.draw(default, SplitShares(selection=0.18), 0, when)
    assert {name: (len(part), len(set(when[part]))) for name, part in rows.samples.items() if name[0] == "s"} == {
        "selection": (20, 2)
    }
    assert (when[rows.test] == START + 300).all()


def test_young_loans_gaps_and_known_borrowers_are_counted_by_reason():
    when = START + np.repeat(np.arange(0, 1000, 10), 6)
    default = np.tile([0, 1, 0, 0, 1, 0], 100).astype(np.int8)
    borrower = np.arange(600)
    borrower[np.argmax(when)] = 0  # the first loan of the last day is of the very first borrower
    shares = SplitShares(gap_days=20, window_days=0)
    rows = split.draw(default, shares, 0, when, borrower)
    assert {why: len(part) for why, part in rows.left_out.items()} == {
        "in a gap of split.gap_days": 24, "borrower of an earlier sample": 1
    }  # fmt: skip
    young = split.draw(default, SplitShares(window_days=15), 0, when)
    assert {why: len(part) for why, part in young.left_out.items()} == {"younger than split.window_days": 12}


def test_dates_do_not_matter_where_the_toml_says_so():
    default, when, _ = portfolio(5)
    shares = SplitShares(how="random")
    assert split.draw(default, shares, 0, when).sha256 == split.draw(default, SplitShares(), 0).sha256
    assert split.way(shares, when) == "random"
    assert split.way(SplitShares(), when) == "time"
    assert split.way(SplitShares(), None) == "random"


@pytest.mark.parametrize(
    ("dates", "shares", "reason"),
    [
        ([0] * 90, SplitShares(), "at least three different dates to split by, however: fewer"),
        ([0] * 60 + [400] * 30, SplitShares(), "at least three different dates"),
        ([0] * 60 + [10] * 20 + [20] * 20, SplitShares(gap_days=30), "once a gap of 30 days is left out"),
        ([0] * 20 + [10] * 20 + [2000] * 40, SplitShares(window_days=365), "at least three different dates"),
    ],
)
def test_too_few_dates_are_refused(dates, shares, reason):
    default = np.resize([0, 1], len(dates)).astype(np.int8)
    with pytest.raises(DataError, match=reason):
        split.draw(default, shares, 0, START + np.array(dates))


def test_a_period_without_bads_is_refused():
    default, when, _ = portfolio(6)
    default[when > START + 600] = 0
    with pytest.raises(DataError, match="the test sample must have at least 2 bads, however: 0 of the"):
        split.draw(default, SplitShares(test=0.1), 0, when)


# -------------------------------------------------------------------------------------------- latest


def test_the_latest_of_tune_has_its_last_dates_whole():
    default, when, _ = portfolio(7, step=30)
    rows = split.draw(default, SplitShares(latest=0.4), 0, when)
    recent = split.latest(rows.tune, default, SplitShares(latest=0.4), when)
    assert set(recent) < set(rows.tune)
    assert when[recent].min() > when[np.setdiff1d(rows.tune, recent)].max()
    assert len(recent) / len(rows.tune) == pytest.approx(0.4, abs=0.05)


def test_all_of_tune_is_all_of_tune():
    default, when, _ = portfolio(8)
    assert split.latest(np.arange(90), default, SplitShares(), when) is None
    same_day = np.full(900, START)
    assert split.latest(np.arange(90), default, SplitShares(latest=0.5), same_day).tolist() == list(range(90))


def test_the_latest_needs_dates_and_both_outcomes():
    default, when, _ = portfolio(9)
    with pytest.raises(DataError, match=r"split\.latest needs data\.time"):
        split.latest(np.arange(90), default, SplitShares(latest=0.5), None)
    default[when > START + 500] = 0
    with pytest.raises(
        DataError, match=r"the latest 0\.1 of tune must have at least 2 bads and goods, however: 0 bads"
    ):
        split.latest(np.arange(900), default, SplitShares(latest=0.1), when)
