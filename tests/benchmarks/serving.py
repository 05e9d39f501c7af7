"""One decision with rules and reasons in process, from a record; and the margin alone, the batch's chunk of one row."""

import gc
from collections.abc import Callable, Mapping
from time import perf_counter_ns

import numpy as np
import pyarrow as pa
from rich.console import Console
from threadpoolctl import threadpool_limits

from riskmodel import bundle, scorers
from riskmodel.batch import Chunk
from riskmodel.core import Policy
from riskmodel.serving import DecisionModel
from tests.benchmarks._tables import cut

SHAPES = {"500 x 31": {"rounds": 500, "leaves": 31}, "60 x 8": {"rounds": 60, "leaves": 8}}
ROUNDS, ROWS = 40, 50


def table(console: Console) -> str:
    """Median and 99th percentile in microseconds, rounds interleaved, one thread."""
    lines = [
        "## One decision in process, from a record",
        "",
        f"Taiwan, LightGBM, {ROUNDS * ROWS:,} calls each in interleaved rounds, one thread.",
        "",
        "| trees x leaves | what | median µs | 99th percentile µs |",
        "|---|---|---|---|",
    ]
    for shape, size in SHAPES.items():
        with console.status(shape), threadpool_limits(1):
            for name, took in _timed(_calls(size)).items():
                lines.append(f"| {shape} | {name} | {np.median(took):.1f} | {np.quantile(took, 0.99):.1f} |")
    return "\n".join(lines)


def _calls(size: Mapping[str, int]) -> dict[str, list[Callable[[], object]]]:
    development, sample = cut("Taiwan", 0)
    options = {"search": 0, "patience": size["rounds"], "rate": 0.02, **size}
    scorer = scorers.recipe("lgbm", options).fit(development, development.train.features, seed=0)
    pd = scorer.score(sample)
    low, high = np.quantile(pd, [0.5, 0.6])
    saved = bundle.pack(scorer, Policy(float(high), float(low), (0.05, 0.1, 0.2)), {}, {})
    model, chunk = DecisionModel.from_bundle(saved), Chunk.from_bundle(saved)
    approved, declined = np.flatnonzero(pd < low)[:ROWS], np.flatnonzero(pd >= high)[:ROWS]
    rows, ids = sample.columns(scorer.features), pa.array([0])
    records = [_record(scorer.features, row) for row in rows]
    batches = [pa.RecordBatch.from_pylist([record]) for record in records[:ROWS]]
    return {
        "decide: rules, PD, points, grade; approved": [lambda r=records[i]: model.decide(r) for i in approved],
        "decide: the same with reasons; declined": [lambda r=records[i]: model.decide(r) for i in declined],
        "rules alone": [lambda r=records[i]: model.reader(r) for i in approved],
        "margin alone": [lambda r=rows[i : i + 1]: scorer.margin(r) for i in approved],
        "reasons alone": [lambda r=rows[i : i + 1]: model.reasons(r) for i in declined],
        "the batch's chunk, one row": [lambda b=batch: chunk(b, ids) for batch in batches],
    }


def _record(features, row) -> dict[str, object]:
    """As JSON would give it: levels as text, missing as None."""
    values = [None if np.isnan(number) else float(number) for number in row]
    return {
        f.read_from: f.categories[int(v)] if f.categories and v is not None else v
        for f, v in zip(features, values, strict=True)
        if not f.source
    }


def _timed(calls: Mapping[str, list[Callable[[], object]]]) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in calls}
    for round_ in range(-2, ROUNDS):  # the first two warm up
        gc.collect()
        gc.disable()
        for name, several in calls.items():
            for call in several:
                start = perf_counter_ns()
                call()
                if round_ >= 0:
                    took[name].append((perf_counter_ns() - start) / 1000)
        gc.enable()
    return took
