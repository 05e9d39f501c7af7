"""How long a decision takes as an operator meets it: from applications to PD, rules and reasons; evidence, no judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from riskmodel.batch import Chunk
from riskmodel.config import Run
from riskmodel.core import Development, Policy, Scale, Tick, Timing, Variant
from riskmodel.datasets import encode
from riskmodel.evaluation import Calls, Effort, measure
from riskmodel.evaluation.stability import reference
from riskmodel.explanation.reasons import Reasons
from riskmodel.selection import MACHINE

BATCHES = (1, 10_000)
EFFORT = Effort(seconds=0.5, rounds=9, cap=40)
SHARE = 1 / 3  # of what the run took before: a quarter of it all
NOISE = np.arange(2_000.0)

Timings = Mapping[str, Mapping[int, Timing]]


@dataclass(frozen=True)
class Decisions:
    """What decides: a policy, the run's rules of scoring and its reasons, what development was like."""

    policy: Policy
    run: Run
    development: Development

    def chunk(self, variant: Variant) -> Chunk:
        """The variant as batch scoring and serving use it."""
        scorer, data = variant.scorer, self.run.data
        usual = reference.of(scorer, self.development)
        scale, reasons = Scale(**self.run.points.model_dump()), Reasons(scorer, usual, data.reasons)
        return Chunk(scorer, self.policy, data.scoring, scale, reasons, usual.edges, scorer.sha256)


def within(seconds: float) -> Effort:
    """The effort after a run that took so long until now."""
    return replace(EFFORT, cap=min(EFFORT.cap, SHARE * seconds))


def timed(  # noqa: PLR0917
    variants: Mapping[str, Variant],
    champion: str,
    decisions: Decisions,
    applications: pa.Table,
    effort: Effort = EFFORT,
    tick: Tick = lambda: None,
) -> Timings:
    """Each variant at each batch size, interleaved, with the machine's own noise beside them.

    The one application is the champion's riskiest, so that it has reasons; a table that is too short is repeated.
    """
    order = _riskiest_first(variants[champion], applications)
    batches = {size: _batch(applications, order[:1] if size == 1 else None, size) for size in BATCHES}
    calls = {name: _calls(decisions.chunk(variant), variant, batches) for name, variant in variants.items()}
    calls[MACHINE] = {1: Calls(_sum, _sum)}
    return measure(calls, effort, decisions.run.seed, tick=tick, baseline=champion)


def _sum() -> float:
    return float(NOISE.sum())


def _riskiest_first(champion: Variant, applications: pa.Table) -> Sequence[int]:
    pd = champion.scorer.pd(encode.matrix(applications, champion.scorer.features))
    return np.argsort(-pd, kind="stable").tolist()


def _batch(table: pa.Table, rows: Sequence[int] | None, size: int) -> pa.RecordBatch:
    places = np.arange(size) % table.num_rows if rows is None else np.asarray(rows)
    return table.take(pa.array(places)).combine_chunks().to_batches()[0]


def _calls(chunk: Chunk, variant: Variant, batches: Mapping[int, pa.RecordBatch]) -> dict[int, Calls]:
    scorer = variant.scorer

    def at(batch: pa.RecordBatch) -> Calls:
        ids, matrix = pa.array(np.arange(batch.num_rows)), encode.matrix(batch, scorer.features)
        return Calls(lambda: chunk(batch, ids), lambda: scorer.pd(matrix))

    return {size: at(batch) for size, batch in batches.items()}
