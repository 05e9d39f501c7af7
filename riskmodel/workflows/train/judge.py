"""Judge the variants: figures and changes on selection, the chain, and its one confirmation on test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from riskmodel import selection
from riskmodel.config import Margins, PolicyRule, Run
from riskmodel.core import Change, Evaluation, Policy, Sample, Timing, TradeOff, Variant, Vector
from riskmodel.evaluation import compare, evaluate
from riskmodel.evaluation.metrics.skill import skill
from riskmodel.explanation.cost import costs
from riskmodel.selection.choose import Worth
from riskmodel.stats import weighted
from riskmodel.workflows.further_rows import beyond

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
    further: Sample | None = None  # applications without outcome that no fit sees
    cascade: Mapping[str, object] | None = None  # how the band of the run's cascade was set, or why it was not


def policy(rule: PolicyRule, champion: Variant, tune: Sample) -> Policy:
    """The cutoff as given, or as the champion's PDs on tune make it; one cutoff for all variants."""
    pd, weight = champion.scorer.score(tune), tune.weight
    cutoff = rule.cutoff
    if cutoff is None:
        cutoff = float(weighted.quantile(pd, rule.approval_rate or 0, weight))
    approved = pd < cutoff
    refer_from = _referred(pd[approved], None if weight is None else weight[approved], rule.refer_rate, cutoff)
    return Policy(cutoff, refer_from, tuple(rule.grade_edges))


def _referred(approved: Vector, weight: Vector | None, rate: float, cutoff: float) -> float:
    """From where on so large a share of the approved, the riskiest, is referred; the cutoff where it is none."""
    order = np.argsort(approved, kind="stable")[::-1]
    if weight is None:
        referred = round(rate * len(approved))
    else:
        referred = int(np.searchsorted(np.cumsum(weight[order]), rate * weight.sum(), side="right"))
    return float(approved[order[referred - 1]]) if referred else cutoff


def margins(run: Run, champion: Variant, tune: Sample) -> Margins:
    """The run's margins as figures: shares are of the champion's skill on tune, so that no later sample sets them."""
    return run.margins.fixed(skill(tune.default, champion.scorer.score(tune), tune.weight))


def judged(contest: Contest, sample: Sample) -> Judgement:
    """Every variant's figures on one sample, and every challenger's change against the champion."""
    champion = contest.champion
    borrower = contest.run.data.borrower
    clusters = sample.attributes[borrower] if borrower else None
    pds = {name: variant.scorer.score(sample) for name, variant in contest.variants.items()}
    evaluations = {name: evaluate(name, sample, pd, contest.policy.cutoff, clusters) for name, pd in pds.items()}
    scorers = {name: variant.scorer for name, variant in contest.variants.items()}
    changes = {
        name: compare(
            name,
            champion,
            sample,
            pd,
            pds[champion],
            contest.margins,
            clusters,
            beyond(contest.further, scorers[name], scorers[champion]),
        )
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
