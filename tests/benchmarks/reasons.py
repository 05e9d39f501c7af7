"""Reasons and counterfactuals of 100,000 declined applicants, by the variant that Taiwan's run has chosen.

The report in reports/taiwan must be there (`riskmodel train pipelines/taiwan.toml`). Applicants are those of the table
that the variant declines, drawn again with amounts moved by up to 1 %, so that hardly two are the same. Two threads
take batches of 5,000; rounds are interleaved. Seconds by the clock depend on what else the machine does, those of the
processor, of both threads together, hardly.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console

from riskmodel import bundle, scorers
from riskmodel.bundle import Bundle
from riskmodel.core import Matrix, Scorer
from riskmodel.datasets import encode
from riskmodel.explanation.counterfactuals import Counterfactuals
from riskmodel.explanation.reasons import Reasons

CHOSEN, TABLE = Path("reports/taiwan/chosen"), Path("data/taiwan_credit.parquet")
APPLICANTS, BATCHES, THREADS, ROUNDS = 100_000, 20, 2, 5
AMOUNTS = 1_000  # from here on a column's largest value is one of money


def table(console: Console) -> str:
    saved = bundle.read(CHOSEN)
    scorer = scorers.unpacked(saved)
    declined = _declined(saved, scorer)
    reasons, others = Reasons(scorer, saved.reference, saved.reasons), Counterfactuals(scorer, saved.policy)
    ways: dict[str, Callable[[Matrix], object]] = {
        "reasons": reasons,
        "reasons and counterfactuals": lambda rows: (reasons(rows), others(rows)),
    }
    for way in ways.values():
        way(declined[:100])
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            took[name].append(_timed(way, declined))
            console.print(name, took[name][-1])
    size = scorer.complexity()
    lines = [
        f"## Reasons of {APPLICANTS:,} declined applicants ({scorer.kind}, {size.trees} trees, {size.leaves} leaves)"
    ]
    lines += ["", "| what | s by the clock, median (least to most) | s of the processor |", "|---|---|---|"]
    for name, pairs in took.items():
        clock, processor = np.array(pairs).T
        spans = (f"{np.median(x):.2f} ({x.min():.2f} to {x.max():.2f})" for x in (clock, processor))
        lines.append(f"| {name} | {' | '.join(spans)} |")
    return "\n".join(lines)


def _declined(saved: Bundle, scorer: Scorer) -> Matrix:
    whole = encode.matrix(pq.read_table(TABLE), scorer.features)
    whole = whole[scorer.pd(whole) >= saved.policy.cutoff]
    random = np.random.default_rng(0)
    rows = whole[random.integers(0, len(whole), 2 * APPLICANTS)]
    amounts = np.flatnonzero(np.nanmax(np.abs(whole), axis=0) > AMOUNTS)
    rows[:, amounts] = np.rint(rows[:, amounts] * random.uniform(0.99, 1.01, (len(rows), len(amounts))))
    return rows[scorer.pd(rows) >= saved.policy.cutoff][:APPLICANTS]


def _timed(way: Callable[[Matrix], object], rows: Matrix) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(way, np.array_split(rows, BATCHES)))
    return time.perf_counter() - clock, time.process_time() - processor
