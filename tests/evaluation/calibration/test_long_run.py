"""Default rates of periods against their PDs: a table made by hand, and the level of the test."""

import numpy as np
import pytest
from scipy.stats import beta, ttest_1samp

from riskmodel.core.evidence import Mark
from riskmodel.evaluation.calibration.long_run import long_run, pooled
from riskmodel.stats.asset_correlation import conditional

PERIODS = {  # rows, bads, PD
    "2022-Q1": (200, 30, 0.10), "2022-Q2": (150, 12, 0.08), "2022-Q3": (110, 9, 0.09),
    "2022-Q4": (300, 45, 0.12), "2023-Q1": (180, 27, 0.11), "2023-Q2": (90, 5, 0.10),
}  # fmt: skip


def by_hand():
    names = np.concatenate([np.full(rows, name) for name, (rows, _, _) in PERIODS.items()])
    default = np.concatenate([np.arange(rows) < bads for rows, bads, _ in PERIODS.values()]).astype(np.int8)
    pd = np.concatenate([np.full(rows, pd) for rows, _, pd in PERIODS.values()])
    order = np.random.default_rng(0).permutation(len(names))
    return default[order], pd[order], names[order]


def test_the_table_is_the_one_made_by_hand_with_small_neighbours_pooled(limits):
    result = long_run(*by_hand(), limits)
    rows = result.tables[0].rows
    assert [row[:3] for row in rows] == [
        ("2022-Q1", 200, 30),
        ("2022-Q2 to 2022-Q3", 260, 21),  # 12 bads are too few, 21 are enough
        ("2022-Q4", 300, 45),
        ("2023-Q1 to 2023-Q2", 270, 32),  # the five that are left over join their neighbours
        ("mean of the periods", 1030, 128),
    ]
    rates, means = (
        [0.15, 21 / 260, 0.15, 32 / 270],
        [0.10, (150 * 0.08 + 110 * 0.09) / 260, 0.12, (180 * 0.11 + 9) / 270],
    )
    assert [row[3] for row in rows] == pytest.approx([*rates, np.mean(rates)])
    assert [row[6] for row in rows] == pytest.approx([*means, np.mean(means)])
    assert rows[0][4:6] == pytest.approx(beta(30.5, 170.5).interval(0.95))
    test = ttest_1samp(np.subtract(rates, means), 0, alternative="greater")
    assert (result.value, result.p_value) == pytest.approx((np.mean(rates) - np.mean(means), test.pvalue))
    two_sided = ttest_1samp(np.subtract(rates, means), 0).confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((two_sided.low, two_sided.high))


def test_a_period_of_many_rows_counts_as_one_of_few(limits):
    default, pd, period = by_hand()
    again = np.concatenate([np.arange(len(pd)), np.repeat(np.flatnonzero(period == "2022-Q1"), 4)])
    assert long_run(default[again], pd[again], period[again], limits).value == pytest.approx(
        long_run(default, pd, period, limits).value
    )


def test_pools_hold_every_row_once_and_have_enough(limits):
    default, _, period = by_hand()
    pools = pooled(default, period, 20)
    assert np.sum(list(pools.values()), axis=0).tolist() == [1] * len(default)
    assert min(default[rows].sum() for rows in pools.values()) >= 20
    assert len(pooled(default, period, 10_000)) == 1


def test_without_dates_or_with_two_periods_it_is_not_evaluated_and_says_why(limits):
    default, pd, period = by_hand()
    untold, short = long_run(default, pd, None, limits), long_run(default, pd, np.char.add(period, ""), limits)
    assert (untold.mark, short.mark) == (Mark.NOT_EVALUATED, Mark.PASS)
    assert untold.reason == "Nothing dates the rows: time names the column that does."
    early = period < "2022-Q4"
    two = long_run(default[early], pd[early], period[early], limits)
    assert two.mark is Mark.NOT_EVALUATED
    assert two.reason.startswith("2 periods with enough bads and goods, of 3")
    assert len(two.tables[0].rows) == 3


def test_right_pds_are_rejected_in_one_of_twenty_though_outcomes_of_a_period_go_together(limits):
    rng, rejected = np.random.default_rng(4), 0
    period = np.repeat([f"2024-{month:02}" for month in range(1, 9)], 1500)
    for _ in range(400):
        given = conditional(np.array([0.03]), rng.standard_normal(8), 0.03)[:, 0]
        default = (rng.random(12_000) < np.repeat(given, 1500)).astype(np.int8)
        rejected += long_run(default, np.full(12_000, 0.03), period, limits).p_value < 0.05
    assert 0.01 <= rejected / 400 <= 0.075


def test_rows_with_weights_count_for_as_many(limits):
    default, pd, period = by_hand()
    weight = np.where(default == 1, 2.0, 1.0)
    heavy = long_run(default, pd, period, limits, weight)
    assert heavy.tables[0].rows[0][3] == pytest.approx(60 / 230)
    assert heavy.value > long_run(default, pd, period, limits).value
