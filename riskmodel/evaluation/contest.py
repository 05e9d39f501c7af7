"""The contest of a run: figures and changes on selection, the chain, and its one confirmation on test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from riskmodel import selection
from riskmodel.config import DecisionMargins, Margins, PolicyRule, Run
from riskmodel.core import (
    Change,
    Evaluation,
    HasStages,
    Policy,
    Sample,
    Scorer,
    Sealed,
    Timing,
    TradeOff,
    Variant,
    Vector,
)
from riskmodel.evaluation.change.comparison import compare
from riskmodel.evaluation.change.decision_margins import JudgedByDecisions
from riskmodel.evaluation.change.rare_faults import Beyond
from riskmodel.evaluation.metrics.evaluate import evaluate
from riskmodel.evaluation.metrics.skill import skill
from riskmodel.evaluation.side_figures import bought_share
from riskmodel.explanation.cost import costs
from riskmodel.selection.choose import Worth
from riskmodel.stats import weighted

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

    @classmethod
    def of(
        cls, run: Run, variants: Mapping[str, Variant], champion: str, tune: Sample, further: Sample | None = None
    ) -> Self:
        """Cutoff and margins are the champion's own, on tune."""
        first = variants[champion]
        return cls(variants, champion, policy(run.policy, first, tune), run, margins(run, first, tune), further)

    def judged(self, sample: Sample) -> Judgement:
        """Every variant's figures on one sample, and every challenger's change against the champion."""
        borrower = self.run.data.borrower
        clusters = sample.attributes[borrower] if borrower else None
        scorers = {name: variant.scorer for name, variant in self.variants.items()}
        pds = {name: scorer.score(sample) for name, scorer in scorers.items()}
        evaluations = {name: evaluate(name, sample, pd, self.policy.cutoff, clusters) for name, pd in pds.items()}
        first, own = scorers[self.champion], pds[self.champion]
        changes = {}
        for name, pd in pds.items():
            if name != self.champion:
                further = Beyond.of(self.further, scorers[name], first)
                change = compare(name, self.champion, sample, pd, own, self.margins, clusters, further)
                if rule := self.decision_rule(name):
                    change = rule.judged(change, sample.default, pd, own, clusters, sample.weight)
                changes[name] = change
        return evaluations, changes

    def decision_rule(self, name: str) -> JudgedByDecisions | None:
        """A cascade is judged by its decisions, where the run does not say otherwise; all others by their scores."""
        most = self._of_decisions
        if most is None or not isinstance(self.variants[name].scorer, HasStages):
            return None
        return JudgedByDecisions(self.policy, most)

    @property
    def _of_decisions(self) -> DecisionMargins | None:
        return None if self.run.cascade is None else self.run.cascade.fixed_margins

    def proposed(self, judgement: Judgement, timings: Timings, sample: Sample) -> TradeOff:
        """What selection says, and the chain that test shall confirm; a cascade costs what it buys on this sample."""
        evaluations, changes = judgement
        rule = self.run.choice
        return selection.propose(
            self.champion,
            evaluations=evaluations,
            changes=changes,
            timings=timings,
            cost=costs(rule.cost, {name: _as_bought(one.scorer, sample) for name, one in self.variants.items()}),
            worth=Worth(rule.cost, rule.least_gain, self.run.latency.budget_us),
            margins={**self.margins.model_dump(), **(self._of_decisions.model_dump() if self._of_decisions else {})},
        )

    def confirmed(self, proposal: TradeOff, sealed: Sealed) -> tuple[TradeOff, Mapping[str, Evaluation], Sample]:
        """Opens the test sample and confirms the choice; with the figures there of the champion and all who were asked.

        Who stands beyond the first failure of the chain is not evaluated.
        """
        chain = {name: self.variants[name] for name in (proposal.champion, *proposal.chain)}
        test = sealed.open(proposal.choice)
        evaluations, changes = replace(self, variants=chain).judged(test)
        made = selection.conclude(proposal, changes)
        return made, {name: evaluations[name] for name in (made.champion, *made.trials)}, test


def _as_bought(scorer: Scorer, sample: Sample) -> Scorer:
    share = bought_share(scorer, sample)
    return scorer if share is None or not isinstance(scorer, HasStages) else scorer.buying(share.value)


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
