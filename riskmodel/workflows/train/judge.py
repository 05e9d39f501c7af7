"""Judge the variants: figures, changes and times on selection, the choice, and its one confirmation on test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from riskmodel import selection
from riskmodel.config import PolicyRule, Run
from riskmodel.core import Change, Evaluation, Policy, Sample, Tick, Timing, TradeOff, Variant
from riskmodel.datasets import encode
from riskmodel.evaluation import Calls, Effort, compare, evaluate, measure

BATCHES = (1, 100, 10_000)
EFFORT = Effort(seconds=0.5, rounds=9)

Timings = Mapping[str, Mapping[int, Timing]]
Judgement = tuple[Mapping[str, Evaluation], Mapping[str, Change]]


@dataclass(frozen=True)
class Contest:
    """What is judged: variants against their champion, at one cutoff, within the margins of a run."""

    variants: Mapping[str, Variant]
    champion: str
    policy: Policy
    run: Run


def policy(rule: PolicyRule, champion: Variant, tune: Sample) -> Policy:
    """The cutoff as given, or as the champion's PDs on tune make it; one cutoff for all variants."""
    pd = np.sort(champion.scorer.score(tune))
    cutoff = rule.cutoff if rule.cutoff is not None else float(np.quantile(pd, rule.approval_rate or 0))
    approved = pd[pd < cutoff]
    referred = round(rule.refer_rate * len(approved))
    refer_from = float(approved[-referred]) if referred else cutoff
    return Policy(cutoff, refer_from, tuple(rule.grade_edges))


def judged(contest: Contest, sample: Sample) -> Judgement:
    """Every variant's figures on one sample, and every challenger's change against the champion."""
    champion = contest.champion
    pds = {name: variant.scorer.score(sample) for name, variant in contest.variants.items()}
    evaluations = {name: evaluate(name, sample, pd, contest.policy.cutoff) for name, pd in pds.items()}
    changes = {
        name: compare(name, champion, sample, pd, pds[champion], contest.run.margins)
        for name, pd in pds.items()
        if name != champion
    }
    return evaluations, changes


def timed(contest: Contest, applications: pa.Table, tick: Tick = lambda: None) -> Timings:
    """Each variant at each batch size, end to end from a table; a table that is too short is repeated."""
    batches = {size: _batch(applications, size) for size in BATCHES}
    calls = {
        name: {size: _calls(variant, batch) for size, batch in batches.items()}
        for name, variant in contest.variants.items()
    }
    return measure(calls, EFFORT, contest.run.seed, tick=tick)


def _batch(table: pa.Table, rows: int) -> pa.RecordBatch:
    return table.take(pa.array(np.arange(rows) % table.num_rows)).combine_chunks().to_batches()[0]


def _calls(variant: Variant, batch: pa.RecordBatch) -> Calls:
    scorer, features = variant.scorer, variant.scorer.features
    matrix = encode.matrix(batch, features)
    return Calls(lambda: scorer.pd(encode.matrix(batch, features)), lambda: scorer.pd(matrix))


def chosen(contest: Contest, judgement: Judgement, timings: Timings) -> TradeOff:
    """The fastest among the non-inferior."""
    evaluations, changes = judgement
    return selection.choose(
        contest.champion,
        evaluations=evaluations,
        changes=changes,
        timings=timings,
        decide_on=contest.run.latency.decide_on,
        budget_us=contest.run.latency.budget_us,
        cost={name: variant.scorer.complexity().bytes for name, variant in contest.variants.items()},
    )


def confirmed(contest: Contest, trade_off: TradeOff, test: Sample) -> tuple[Mapping[str, Evaluation], Change | None]:
    """Champion and choice on the test sample, once it is opened."""
    shown = {name: contest.variants[name] for name in (trade_off.champion, trade_off.chosen)}
    evaluations, changes = judged(replace(contest, variants=shown), test)
    return evaluations, changes.get(trade_off.chosen)
