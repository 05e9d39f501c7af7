"""Judge the variants: figures and changes on selection, the chain, and its one confirmation on test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from riskmodel import selection
from riskmodel.config import Margins, PolicyRule, Run
from riskmodel.core import Change, Evaluation, Policy, Sample, Timing, TradeOff, Variant
from riskmodel.evaluation import compare, evaluate
from riskmodel.evaluation.metrics.skill import skill
from riskmodel.explanation.cost import costs
from riskmodel.selection.choose import Worth

Timings = Mapping[str, Mapping[int, Timing]]
Judgement = tuple[Mapping[str, Evaluation], Mapping[str, Change]]


@dataclass(frozen=True)
class Contest:
    """What is judged: variants against their champion, at one cutoff, within margins that are fixed."""

    variants: Mapping[str, Variant]
    champion: str
    policy: Policy
    run: Run
    margins: Margins


def policy(rule: PolicyRule, champion: Variant, tune: Sample) -> Policy:
    """The cutoff as given, or as the champion's PDs on tune make it; one cutoff for all variants."""
    pd = np.sort(champion.scorer.score(tune))
    cutoff = rule.cutoff if rule.cutoff is not None else float(np.quantile(pd, rule.approval_rate or 0))
    approved = pd[pd < cutoff]
    referred = round(rule.refer_rate * len(approved))
    refer_from = float(approved[-referred]) if referred else cutoff
    return Policy(cutoff, refer_from, tuple(rule.grade_edges))


def margins(run: Run, champion: Variant, tune: Sample) -> Margins:
    """The run's margins as figures: shares are of the champion's skill on tune, so that no later sample sets them."""
    return run.margins.fixed(skill(tune.default, champion.scorer.score(tune)))


def judged(contest: Contest, sample: Sample) -> Judgement:
    """Every variant's figures on one sample, and every challenger's change against the champion."""
    champion = contest.champion
    borrower = contest.run.data.borrower
    clusters = sample.attributes[borrower] if borrower else None
    pds = {name: variant.scorer.score(sample) for name, variant in contest.variants.items()}
    evaluations = {name: evaluate(name, sample, pd, contest.policy.cutoff, clusters) for name, pd in pds.items()}
    changes = {
        name: compare(name, champion, sample, pd, pds[champion], contest.margins, clusters)
        for name, pd in pds.items()
        if name != champion
    }
    return evaluations, changes


def proposed(contest: Contest, judgement: Judgement, timings: Timings) -> TradeOff:
    """What selection says, and the chain that test shall confirm."""
    evaluations, changes = judgement
    rule = contest.run.choice
    return selection.propose(
        contest.champion,
        evaluations=evaluations,
        changes=changes,
        timings=timings,
        cost=costs(rule.cost, {name: variant.scorer for name, variant in contest.variants.items()}),
        worth=Worth(rule.cost, rule.least_gain, contest.run.latency.budget_us),
        margins=contest.margins.model_dump(),
    )


def confirmed(contest: Contest, proposal: TradeOff, test: Sample) -> tuple[TradeOff, Mapping[str, Evaluation]]:
    """The choice, once the test sample is opened; with the figures there of the champion and all who were asked about.

    Who stands beyond the first failure of the chain is not evaluated.
    """
    chain = {name: contest.variants[name] for name in (proposal.champion, *proposal.chain)}
    evaluations, changes = judged(replace(contest, variants=chain), test)
    made = selection.conclude(proposal, changes)
    return made, {name: evaluations[name] for name in (made.champion, *made.trials)}
