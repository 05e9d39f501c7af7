"""End to end, Parquet to Parquet: a book scored here, and as a user writes it today with pandas and MLflow.

BATCH_ROWS sets the rows of the book (1,000,000), BATCH_THREADS the threads, BATCH_REPEATS how often. Every way runs in
a process of its own, in turn with the others, and the best of its runs counts: what other programs take only adds.
"""

import json
import os
import subprocess
import sys

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from riskmodel import bundle, pruning, scorers
from riskmodel.core import Column, Development, Policy, Sample
from riskmodel.evaluation import fit_calibration
from riskmodel.evaluation.stability import reference
from tests.benchmarks._tables import RAW

ROWS = int(os.environ.get("BATCH_ROWS", "1000000"))
THREADS = int(os.environ.get("BATCH_THREADS", str(len(os.sched_getaffinity(0)))))
REPEATS = int(os.environ.get("BATCH_REPEATS", "2"))
EXPLAINED = 2_000  # declined rows whose native contributions are timed; all of them would take an hour
FEATURES = tuple(Column(f"f{i:02d}", low=-10.0, high=10.0) for i in range(23))
TREES, LEAVES, DECLINED = 300, 31, 0.2
WORK = RAW / "batch"
ROW_GROUP = 131_072

NOTE = """Best of {repeats}; {declined:.0%} are declined where reasons are given. To load the model is counted for
riskmodel only. Native contributions are timed on {explained:,} declined rows and scaled to all. CPU: of all threads."""

WAYS = {
    "pandas + MLflow pyfunc": "pandas_pyfunc",
    "pandas + LightGBM": "pandas_native",
    "riskmodel, unpruned": "ours whole plain",
    "riskmodel, pruned to 10 % of the leaves": "ours pruned plain",
    "pandas + LightGBM, reasons for the declined": "pandas_reasons",
    "riskmodel, unpruned, reasons for the declined": "ours whole reasons",
    "riskmodel, pruned, reasons for the declined": "ours pruned reasons",
    "pyarrow reads the input and writes the output's columns": "arrow whole",
}


def table(console: Console) -> str:
    """Rows a second, peak memory and the factor to what a user writes today."""
    prepare(ROWS)
    result: dict[str, list[dict]] = {name: [] for name in WAYS}
    for _ in range(REPEATS):
        for name, way in WAYS.items():
            result[name].append(measured(way))
            console.print(name, result[name][-1])
    best = {name: min(runs, key=lambda run: run["seconds"]) for name, runs in result.items()}
    plain, reasons = best["pandas + MLflow pyfunc"], best["pandas + LightGBM, reasons for the declined"]
    lines = [
        f"## Batch: {ROWS:,} rows x {len(FEATURES)} features, {TREES} trees x {LEAVES} leaves, {THREADS} threads",
        "",
        NOTE.format(repeats=REPEATS, declined=DECLINED, explained=EXPLAINED),
        "",
        "| way | rows/s | times pandas | CPU: us/row | times pandas | peak MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name, run in best.items():
        rival = reasons if "reasons" in name else plain
        lines.append(
            f"| {name} | {ROWS / run['seconds']:,.0f} | {rival['seconds'] / run['seconds']:.1f} "
            f"| {run['cpu'] / ROWS * 1e6:.2f} | {rival['cpu'] / run['cpu']:.1f} | {run['peak_mib']:,.0f} |"
        )
    return "\n".join(lines)


def measured(way: str, rows: int = ROWS) -> dict:
    """Seconds and peak memory of one way in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS), "OMP_WAIT_POLICY": "PASSIVE"}
    command = [sys.executable, "-m", "tests.benchmarks._batch_ways", *way.split(), str(rows), str(THREADS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


# ------------------------------------------------------------------------------------------------ what is scored


def prepare(rows: int) -> None:
    """The models and the book, made once and kept in data/raw/batch."""
    WORK.mkdir(parents=True, exist_ok=True)
    if not (WORK / "small").exists():
        _models()
    path = WORK / f"book-{rows}.parquet"
    if path.exists():
        return
    beside = path.with_suffix(".partial")
    schema = pa.schema([("id", pa.int64()), *((column.name, pa.float64()) for column in FEATURES)])
    with pq.ParquetWriter(beside, schema, compression="snappy", use_dictionary=False) as writer:
        for first in range(0, rows, ROW_GROUP):
            count = min(ROW_GROUP, rows - first)
            matrix = _drawn(count, 1000 + first)
            arrays = [pa.array(np.arange(first, first + count)), *(pa.array(c) for c in matrix.T)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    beside.replace(path)


def _drawn(rows: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    matrix = np.round(draw.normal(size=(rows, len(FEATURES))), 3)
    matrix[draw.random(matrix.shape) < 0.05] = np.nan
    return matrix


def _sample(rows: int, seed: int, name: str) -> Sample:
    matrix = _drawn(rows, seed)
    full = np.nan_to_num(matrix)
    margin = -1.5 + full[:, 0] * full[:, 1] + 0.3 * full[:, 2:10].sum(axis=1) + np.sin(2 * full[:, 11])
    default = (np.random.default_rng(seed + 1).random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    return Sample(name, FEATURES, matrix, default, np.arange(rows))


def _models() -> None:
    development = Development(_sample(60_000, 1, "train"), _sample(20_000, 2, "tune"))
    options = {"search": 0, "rounds": TREES, "leaves": LEAVES, "patience": TREES, "feature_share": 1.0}
    whole = scorers.recipe("lgbm", options).fit(development, FEATURES, seed=0)
    pruner = pruning.make("group_lasso")
    [plan] = pruner.plans(whole, development, [0.1])
    pruned = pruner.apply(plan, whole, development)
    few = {"search": 0, "rounds": 64, "leaves": 4, "patience": 64, "feature_share": 1.0, "rate": 0.3}
    small = scorers.recipe("lgbm", few).fit(development, FEATURES, seed=0)
    for name, scorer in (("whole", whole), ("pruned", pruned), ("small", small)):
        line = fit_calibration(scorer.raw_margin(development.tune.matrix), development.tune.default)
        calibrated = scorer.recalibrated(line)
        cutoff = float(np.quantile(calibrated.score(development.tune), 1 - DECLINED))
        about = reference.of(calibrated, development)
        for kind, policy in (
            ("reasons", Policy(cutoff, cutoff, (0.05, 0.1, 0.2, 0.3))),
            ("plain", Policy(0.999999, 0.999999, (0.05, 0.1, 0.2, 0.3))),  # declines nobody
        ):
            packed = bundle.pack(calibrated, policy, {"id": "id"}, {}, reference=about)
            bundle.save(packed, WORK / name / kind)
        lightgbm.Booster(model_str=calibrated.model.decode()).save_model(WORK / f"{name}.txt")


if __name__ == "__main__":
    print(table(Console(stderr=True)))
