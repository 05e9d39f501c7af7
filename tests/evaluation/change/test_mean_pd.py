"""The level of the PDs: halved or doubled PDs never pass, at any bad rate; a challenger that mends the level does."""

import numpy as np
import pytest

from riskmodel.config import MarginRule, Margins
from riskmodel.core import Sample, Verdict
from riskmodel.evaluation import compare
from riskmodel.evaluation.change.mean_pd import moves
from riskmodel.evaluation.metrics.skill import skill
from riskmodel.selection import verdict


def portfolio(rate, rows, seed=0):
    """Outcomes and the true PDs that they are drawn from."""
    rng = np.random.default_rng(seed)
    pd = np.clip(rate * rng.lognormal(-0.5, 1.0, rows), 1e-4, 0.45)
    return (rng.random(rows) < pd).astype(np.int8), pd


def change(default, challenger, champion, margins=Margins()):  # noqa: B008 - frozen
    sample = Sample("test", (), np.empty((len(default), 0)), default, np.arange(len(default)))
    return compare("new", "old", sample, challenger, champion, margins)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("factor", [0.5, 2.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_halved_and_doubled_pds_are_inferior_though_they_rank_alike(rate, factor, seed):
    default, pd = portfolio(rate, 30_000, seed)
    rule = MarginRule().fixed(skill(default, pd))
    result = change(default, factor * pd, pd, rule)
    assert result.differences["auc"].delta == 0
    assert result.differences["mean_pd"].verdict is Verdict.INFERIOR
    assert verdict(result) is Verdict.INFERIOR


def test_the_same_pds_are_no_worse_and_no_gain():
    default, pd = portfolio(0.05, 3_000)
    result = change(default, pd, pd).differences["mean_pd"]
    assert (result.delta, result.verdict) == (0.0, Verdict.NON_INFERIOR)


def test_who_mends_the_level_of_a_champion_that_was_off_is_no_worse():
    default, pd = portfolio(0.05, 30_000)
    assert change(default, pd, 1.5 * pd).differences["mean_pd"].verdict is Verdict.NON_INFERIOR
    assert change(default, 1.5 * pd, pd).differences["mean_pd"].verdict is Verdict.INFERIOR


@pytest.mark.parametrize(("x", "c"), [(0.06, 0.05), (0.04, 0.05), (0.05, 0.08), (0.09, 0.08), (0.03, 0.02)])
def test_the_loss_is_more_than_a_margin_only_where_both_figures_are(x, c):
    default = np.repeat([1, 0], [50, 950]).astype(np.int8)  # a bad rate of .05
    apart, towards = moves(default, np.full(1000, x), np.full(1000, c))
    loss = abs(np.log(x / 0.05)) - abs(np.log(c / 0.05))
    assert (
        min(-apart.value, -towards.value) == pytest.approx(loss) if loss > 0 else min(-apart.value, -towards.value) <= 0
    )


def test_at_the_margin_it_passes_in_at_most_one_of_twenty():
    passed, rule = 0, Margins(rare_faults="assumed absent", rare_faults_reason="the level has no part in them")
    for seed in range(400):
        default, pd = portfolio(0.05, 2_000, seed)
        noisy = pd * np.random.default_rng(seed + 1000).lognormal(-0.02, 0.2, len(pd))
        worse = noisy / noisy.mean() * pd.mean() * 1.1
        result = change(default, np.clip(worse, 0, 1), pd, rule).differences["mean_pd"]
        passed += result.verdict is Verdict.NON_INFERIOR
    assert passed <= 31  # 5 % of 400, and 2.5 standard errors
