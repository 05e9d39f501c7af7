"""The cutoff of a run is the champion's on tune: so many are approved, and of these the riskiest by weight referred."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from samples import drawn

from riskmodel.config import DecisionMargins, Margins, PolicyRule
from riskmodel.core import Policy
from riskmodel.evaluation.contest import Contest, policy

ROWS = 401
TUNE = drawn(ROWS, 5, "tune")
PDS = np.random.default_rng(3).permutation(np.linspace(0.01, 0.6, ROWS))


def by(rule, tune=TUNE, pds=PDS):
    champion = SimpleNamespace(scorer=SimpleNamespace(score=lambda _: pds))
    return policy(PolicyRule(grade_edges=[0.1, 0.2], **rule), champion, tune)


def test_the_rate_approves_so_many_and_refers_the_riskiest_of_them():
    rule = by({"approval_rate": 0.75, "refer_rate": 0.1})
    approved = rule.cutoff > PDS
    assert approved.sum() == 300
    referred = approved & (rule.refer_from <= PDS)
    assert referred.sum() == 30
    assert PDS[referred].min() > PDS[approved & ~referred].max()


def test_a_cutoff_that_is_given_stays_and_without_a_rate_nobody_is_referred():
    rule = by({"cutoff": 0.3})
    assert (rule.cutoff, rule.refer_from) == (0.3, 0.3)
    assert rule.grade_edges == (0.1, 0.2)


def test_equal_weights_refer_as_many_as_none_and_heavy_rows_fewer():
    rule = {"cutoff": 0.3, "refer_rate": 0.2}
    approved = np.flatnonzero(PDS < 0.3)
    plain, even = by(rule), by(rule, replace(TUNE, weight=np.full(ROWS, 2.5)))
    assert abs((approved.size - (PDS[approved] < even.refer_from).sum()) - round(0.2 * approved.size)) <= 1
    assert abs(plain.refer_from - even.refer_from) < 0.003
    weight = np.where(plain.refer_from < PDS, 3.0, 1.0)  # who was referred weighs three times
    heavy = by(rule, replace(TUNE, weight=weight))
    share = weight[(heavy.refer_from <= PDS) & (PDS < 0.3)].sum() / weight[approved].sum()
    assert share == pytest.approx(0.2, abs=0.01)
    assert heavy.refer_from > plain.refer_from


def test_where_all_are_declined_nobody_is_referred():
    rule = by({"cutoff": 0.005, "refer_rate": 0.5})
    assert (rule.cutoff, rule.refer_from) == (0.005, 0.005)


# -------------------------------------------------------------------------------------- who is judged by what

SAMPLE = drawn(900, 8, "selection")
DECISIONS = DecisionMargins(decisions=0.02, approved_bad_rate=1.1)


class Fixed:
    """A scorer that gives the PDs it was made with."""

    def __init__(self, pds):
        self.pds = pds

    def score(self, _):
        return self.pds


class Staged(Fixed):
    """The same in two stages."""

    cheap = full = bought = None
    bought_share = 0.3
    buying = in_band = undecided = Fixed.score


def judged(challenger, cascade):
    pds = np.random.default_rng(4).uniform(0.05, 0.6, len(SAMPLE))
    variants = {"full": SimpleNamespace(scorer=Fixed(pds)), "small": SimpleNamespace(scorer=challenger(pds**1.02))}
    run = SimpleNamespace(data=SimpleNamespace(borrower=None), cascade=cascade)
    contest = Contest(variants, "full", Policy(0.3, 0.3, (0.1,)), run, Margins())
    evaluations, changes = contest.judged(SAMPLE)
    assert (list(evaluations), list(changes)) == (["full", "small"], ["small"])
    return changes["small"]


BY_DECISIONS, BY_SCORES = SimpleNamespace(fixed_margins=DECISIONS), SimpleNamespace(fixed_margins=None)


def test_a_cascade_is_judged_by_its_decisions():
    change = judged(Staged, BY_DECISIONS)
    assert list(change.deciding) == ["decisions", "approved_bad_rate"]
    assert change.informative == ("auc", "brier", "log_loss", "mean_pd")


@pytest.mark.parametrize(("challenger", "cascade"), [(Staged, BY_SCORES), (Fixed, BY_DECISIONS), (Fixed, None)])
def test_all_others_are_judged_by_their_scores(challenger, cascade):
    change = judged(challenger, cascade)
    assert list(change.deciding) == ["auc", "brier", "log_loss", "mean_pd"]
    assert not change.informative
