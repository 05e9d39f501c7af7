from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel import errors
from riskmodel.config import Data, SplitShares
from riskmodel.core import Sample, Split, TradeOff
from riskmodel.datasets import schema, split, synthetic
from riskmodel.errors import DataError

NAMES = ("train", "tune", "selection", "test")
SHARES = SplitShares(tune=0.15, selection=0.2, test=0.2)
DATA = synthetic.roles("portfolio.parquet")

shares = st.tuples(*[st.integers(10, 30)] * 3).map(
    lambda parts: SplitShares(tune=parts[0] / 100, selection=parts[1] / 100, test=parts[2] / 100)
)


@st.composite
def outcomes(draw):
    bads, goods = draw(st.integers(30, 300)), draw(st.integers(30, 900))
    return np.random.default_rng(draw(st.integers(0, 99))).permutation([1] * bads + [0] * goods).astype(np.int8)


def _choice(chosen: str) -> TradeOff:
    return TradeOff("champion" if chosen else "", {}, {}, {}, {}, (), chosen, "the fastest")


def _portfolio_split(seed: int = 0) -> tuple[pa.Table, split.Rows, Split]:
    table = synthetic.portfolio(2000, seed=3)
    keys = split.row_keys(table, DATA)
    rows = split.draw(keys.default, SHARES, seed)
    return table, rows, split.split(table, schema.learn(table, DATA, keys.default, rows.train), rows, keys)


# ---------------------------------------------------------------------------------------------- draw


@given(outcomes(), shares, st.integers(0, 2**31 - 1))
@settings(deadline=None, max_examples=50)
def test_every_row_is_in_one_sample_and_each_has_its_share_of_bads_and_goods(default, shares, seed):
    rows = split.draw(default, shares, seed)
    drawn = [getattr(rows, name) for name in NAMES]
    assert sorted(np.concatenate(drawn)) == list(range(len(default)))
    assert all((np.diff(part) > 0).all() for part in drawn)
    train = 1 - shares.tune - shares.selection - shares.test
    for part, share in zip(drawn, (train, shares.tune, shares.selection, shares.test), strict=True):
        for outcome in (0, 1):
            assert abs(np.sum(default[part] == outcome) - share * np.sum(default == outcome)) <= 1


@given(outcomes(), shares, st.integers(0, 2**31 - 2))
@settings(deadline=None, max_examples=25)
def test_the_same_seed_draws_the_same_rows_and_another_seed_others(default, shares, seed):
    first = split.draw(default, shares, seed).sha256
    assert split.draw(default, shares, seed).sha256 == first
    assert not set(split.draw(default, shares, seed + 1).sha256.values()) & set(first.values())


def test_the_test_rows_do_not_depend_on_the_other_shares():
    default = np.tile([0, 0, 0, 1], 200).astype(np.int8)
    other = SplitShares(tune=0.3, selection=0.1, test=0.2)
    np.testing.assert_array_equal(split.draw(default, SHARES, 5).test, split.draw(default, other, 5).test)


def test_a_draw_is_told_by_the_checksum_of_its_positions():
    one, other = np.array([0, 3]), np.array([1, 2])
    sha256 = split.Rows(one, other, one, other).sha256
    assert list(sha256) == list(NAMES)
    assert sha256["train"] == sha256["selection"] != sha256["tune"] == sha256["test"]
    assert sha256["train"] == "96fb5e4a2704b410bbf097c41e40ff8118ef0bc819ccf4344f31f694d12d536a"


def test_rows_are_those_of_shuffling_bads_and_goods_apart_and_cutting_at_the_shares():
    """Byte for byte what a committed report names: its checksums must stay true."""
    default = np.random.default_rng(4).permutation([1] * 123 + [0] * 876).astype(np.int8)
    expected: dict[str, list[int]] = {name: [] for name in NAMES}
    for outcome in (1, 0):
        rows = np.flatnonzero(default == outcome)
        shuffled = np.random.default_rng([7, outcome == 1]).permutation(rows)
        edges = [round(share * len(rows)) for share in (0.2, 0.4, 0.55)]
        for name, part in zip(("test", "selection", "tune", "train"), np.split(shuffled, edges), strict=True):
            expected[name] += part.tolist()
    rows = split.draw(default, SHARES, 7)
    assert {name: part.tolist() for name, part in rows.samples.items()} == {k: sorted(v) for k, v in expected.items()}


@pytest.mark.parametrize(
    ("bads", "goods", "reason"),
    [
        (5, 400, "the tune sample must have at least 2 bads, however: 1 of the 5 in the table"),
        (8, 400, "the tune sample must have at least 2 bads, however: 1 of the 8 in the table"),
        (400, 3, "the train sample must have at least 2 goods, however: 1 of the 3 in the table"),
    ],
)
def test_a_sample_with_too_few_of_a_class_is_refused(bads, goods, reason):
    with pytest.raises(DataError, match=reason):
        split.draw(np.array([1] * bads + [0] * goods, dtype=np.int8), SHARES, 0)


def test_twelve_bads_are_enough_for_four_samples():
    default = np.array([1] * 12 + [0] * 288, dtype=np.int8)
    rows = split.draw(default, SHARES, 0)
    assert [int(default[part].sum()) for part in rows.samples.values()] == [5, 2, 3, 2]


@pytest.mark.parametrize(
    ("shares", "reason"),
    [
        ({"how": "time"}, 'split.how = "time" needs data.time'),
        ({"gap_days": 3}, "split.gap_days needs a split by time, however: the rows are drawn at random"),
        ({"window_days": 3}, "split.window_days needs a split by time"),
    ],
)
def test_what_needs_dates_is_refused_without_them(shares, reason):
    with pytest.raises(DataError, match=reason):
        split.draw(np.tile([0, 1], 90).astype(np.int8), SplitShares(**shares), 0)


# --------------------------------------------------------------------------------------------- split


def test_each_sample_holds_its_own_rows_of_the_table():
    table, rows, samples = _portfolio_split()
    frame = table.to_pandas()
    opened = samples.test.open(_choice("small"))
    for sample in (samples.development.train, samples.development.tune, samples.selection, opened):
        own = frame.iloc[getattr(rows, sample.name)]
        np.testing.assert_array_equal(sample.rows, own.index)
        np.testing.assert_array_equal(sample.default, own["default"])
        features = [column.name for column in sample.features]
        np.testing.assert_array_equal(sample.matrix[:, features.index("income")], own["income"])
        assert set(sample.attributes) == {"group", "vintage", "loan_amount"}
        assert sample.attributes["group"].tolist() == own["group"].tolist()
        np.testing.assert_array_equal(sample.attributes["loan_amount"], own["loan_amount"])


def test_no_scorer_is_given_the_truth_or_what_is_only_for_judging():
    _, _, samples = _portfolio_split()
    hidden = {"true_pd", "default", "group", "vintage", "loan_amount", "loan_id"}
    assert not hidden & {column.name for column in samples.development.train.features}


def test_a_level_that_train_has_not_seen_is_missing_elsewhere():
    default = np.tile([0, 1], 80).astype(np.int8)
    rows = split.draw(default, SHARES, 0)
    job = np.array(["common", "known", "known"] * 54, dtype=object)[:160]
    job[rows.test] = "new"
    table = pa.table({"bad": default, "job": job})
    columns = schema.learn(table, Data(path="x", target="bad", categorical=["job"]), default, rows.train)
    samples = split.split(table, columns, rows, split.RowKeys(default))
    assert columns.features[0].categories == ("common", "known")
    assert np.isnan(samples.test.open(_choice("small")).matrix).all()
    assert np.isin(samples.selection.matrix, (0, 1)).all()


def _reachable(value: Any) -> Iterator[Sample]:
    """Every sample that public attributes lead to."""
    if isinstance(value, Sample):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _reachable(getattr(value, field.name))
    elif type(value).__module__.startswith("riskmodel."):
        for name in dir(value):
            if not name.startswith("_") and not callable(getattr(value, name)):
                yield from _reachable(getattr(value, name))


@given(st.integers(0, 9))
@settings(deadline=None, max_examples=5)
def test_no_test_row_is_reached_without_a_choice(seed):
    _, rows, samples = _portfolio_split(seed)
    with pytest.raises(errors.TestIsSealed):
        samples.test.open(_choice(""))
    reached = list(_reachable(samples))
    assert [sample.name for sample in reached] == ["train", "tune", "selection"]
    assert not set(np.concatenate([sample.rows for sample in reached])) & set(rows.test)
    assert samples.test.open(_choice("small")).name == "test"
    with pytest.raises(errors.TestIsSealed):
        samples.test.open(_choice("small"))
