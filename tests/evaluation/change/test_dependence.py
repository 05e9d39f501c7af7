"""Rows that belong together: four copies of a loan are one loan, and a verdict says by which rule it holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from riskmodel.config import Margins
from riskmodel.core import Verdict
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.change.dependence import dependence, repeated_rows, together


@pytest.fixture
def case(draw):
    sample, pd = draw(1500)
    return sample, pd, expit(logit(pd) + np.random.default_rng(1).normal(0, 0.25, 1500))


def test_loans_that_stand_four_times_change_no_verdict(case, as_sample):
    sample, pd, other = case
    again = np.tile(np.arange(1500), 4)
    once = compare("b", "a", sample, other, pd, Margins()).differences
    plain = compare("b", "a", as_sample(sample.default[again]), other[again], pd[again], Margins()).differences
    four = compare("b", "a", as_sample(sample.default[again]), other[again], pd[again], Margins(), again).differences
    for figure, single in once.items():
        if figure == "mean_pd":
            continue  # one of two figures is shown, and which may turn
        assert plain[figure].standard_error == pytest.approx(single.standard_error / 2, rel=0.01)
        assert four[figure].standard_error == pytest.approx(single.standard_error, rel=1e-3)
        assert four[figure].p_value == pytest.approx(single.p_value, rel=0.01, abs=1e-6)


def test_with_one_row_a_cluster_it_is_delong_to_the_digit(case):
    sample, pd, other = case
    alone = compare("b", "a", sample, other, pd, Margins()).differences
    each = compare("b", "a", sample, other, pd, Margins(), np.arange(1500)).differences
    for figure in alone:
        assert each[figure].lower == pytest.approx(alone[figure].lower, rel=1e-9)


def test_the_clustered_error_of_the_auc_is_near_a_bootstrap_of_clusters(draw, as_sample):
    """Obuchowski 1997: bads and goods of one borrower move together."""
    rng = np.random.default_rng(2)
    borrower = np.repeat(np.arange(300), 4)
    shared, own = rng.normal(size=300)[borrower], rng.normal(size=1200)
    default = (rng.random(1200) < expit(-1 + 0.8 * shared + 0.4 * own)).astype(np.int8)
    one, two = expit(shared + own), expit(shared + rng.normal(0, 0.8, 300)[borrower] + own)
    result = compare("b", "a", as_sample(default), two, one, Margins(), borrower).differences
    result = {figure: d for figure, d in result.items() if figure != "mean_pd"}
    drawn = []
    for _ in range(200):
        rows = (4 * rng.integers(0, 300, 300)[:, None] + np.arange(4)).ravel()
        again = compare("b", "a", as_sample(default[rows]), two[rows], one[rows], Margins()).differences
        drawn.append([again[figure].delta for figure in result])
    for figure, spread in zip(result, np.std(drawn, axis=0), strict=True):
        assert result[figure].standard_error == pytest.approx(spread, rel=0.15), figure


def test_few_periods_take_students_t(case):
    sample, pd, other = case
    change = compare("b", "a", sample, other, pd, Margins(), np.arange(1500) % 3)
    difference = change.differences["brier"]
    assert (difference.delta - difference.lower) / difference.standard_error > 2.5  # t with 2 degrees is 2.92


def test_bads_of_one_borrower_alone_decide_nothing(case, as_sample):
    sample, pd, other = case
    borrower = np.where(sample.default == 1, 0, np.arange(1500) + 1)
    change = compare("b", "a", sample, other, pd, Margins(), borrower)
    assert change.differences["auc"].verdict is Verdict.INCONCLUSIVE


def test_rows_are_clustered_by_the_named_column_then_by_id_then_by_equality(case):
    sample, pd, _ = case
    matrix = pd[:, None]
    named = together(matrix, sample.default, list("ab") * 750, np.arange(1500) // 2, "borrower")
    assert (named.by, len(np.unique(named.labels))) == ("borrower", 750)
    assert together(matrix, sample.default, [str(i) for i in range(1500)]).labels is None
    assert together(matrix, sample.default, ["7", *map(str, range(1499))]).by == "id"
    again = np.tile(np.arange(1500), 2)
    doubled = together(matrix[again], sample.default[again])
    assert (doubled.by, len(np.unique(doubled.labels))) == ("equal rows", 1500)
    coarse = together(np.round(matrix, 1)[again], sample.default[again])
    assert coarse.labels is None  # applicants alike in a few steps are no copies


def test_repeated_rows_are_counted_and_said(case, limits):
    sample, pd, _ = case
    again = np.concatenate([np.arange(1500), np.arange(300)])
    matrix, default, ids = pd[again][:, None], sample.default[again], [f"L{i}" for i in again]
    result = repeated_rows(matrix, default, ids, together(matrix, default, ids), limits)
    assert (result.mark, result.value, result.about) == (Mark.FAIL, 300 / 1800, "counted once by id")
    assert [row[1] for row in result.tables[0].rows] == [300, 300]
    clean = repeated_rows(pd[:, None], sample.default, None, together(pd[:, None], sample.default), limits)
    assert (clean.mark, clean.value) == (Mark.PASS, 0)


def test_a_verdict_that_months_do_not_bear_is_marked(limits, as_sample):
    """The challenger loses in some months and gains in others: by rows nothing, by months nobody knows."""
    rng = np.random.default_rng(4)
    month = np.repeat(np.arange(4), 2500)
    score = rng.normal(-1.3, 1.1, 10_000)
    default = (rng.random(10_000) < expit(score)).astype(np.int8)
    noise = np.array([0.0, 0.55, 0.0, 0.55])[month] * rng.normal(size=10_000)
    one, two = expit(score), expit(score + noise)
    assumed = {"rare_faults": "assumed absent", "rare_faults_reason": "every row of a month moves"}
    margins = Margins(auc=0.02, brier=0.01, log_loss=0.03, mean_pd=2.0, **assumed)
    given = compare("b", "a", as_sample(default), two, one, margins)
    blocks = {"period": month.astype(str), "borrower": np.arange(10_000)}
    result = dependence(given, default, one, two, margins, blocks, limits)
    assert {d.verdict for d in given.differences.values()} == {Verdict.NON_INFERIOR}
    assert result.mark is Mark.ATTENTION
    assert "By period less is shown" in result.reason
    assert result.about == "period"
    only = dependence(given, default, one, two, margins, {"borrower": np.arange(10_000)}, limits)
    assert only.mark is Mark.PASS
    assert dependence(given, default, one, two, margins, {}, limits).mark is Mark.NOT_EVALUATED
