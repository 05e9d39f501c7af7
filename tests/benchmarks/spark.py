"""A standalone Spark cluster on this machine against the local engine: the same book, the same rows, per core.

SPARK_ROWS sets the rows of the book (1,000,000). Both engines have the same number of cores; each runs SPARK_REPEATS
times, alternating, and its best run counts: CPU that other programs take only ever adds. Spark is measured after
start-up: its session is open, and its Python workers have scored a small book. A core's throughput is rows by seconds
of CPU, of all processes that take part (driver, executors, Python workers): it does not depend on what else runs.
Native is Spark's own expression, of models whose reasons SQL can hold. SPARK_MODELS names the models, with | between.
"""

import json
import os
import shutil
import tempfile
import time
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from riskmodel import batch, bundle
from riskmodel.batch import spark
from tests.batch import spark_cluster
from tests.benchmarks import batch as book

ROWS = int(os.environ.get("SPARK_ROWS", "1000000"))
REPEATS = int(os.environ.get("SPARK_REPEATS", "2"))
WARM = 200_000
MODELS = {
    "unpruned": "whole/plain",
    "pruned to 10 % of the leaves": "pruned/plain",
    "unpruned, reasons": "whole/reasons",
    "64 trees of 4 leaves": "small/plain",
    "64 trees of 4 leaves, reasons": "small/reasons",
}
CORES = 2


def table(console: Console) -> str:
    """Rows a second and a core of both engines, and whether their rows are the same."""
    if spark_cluster.ABSENT:
        return f"## Spark\n\nNOT EVALUATED: {spark_cluster.ABSENT}."
    book.prepare(ROWS)
    book.prepare(WARM)
    os.environ.update(spark_cluster.environment())
    lines = [
        f"## Spark: {ROWS:,} rows x {len(book.FEATURES)} features, one master, {CORES} workers of one core",
        "",
        f"Best of {REPEATS}, after start-up. Local: {CORES} threads.",
        "",
        "| model | way | rows/s | rows/CPU s | of local, CPU | equal |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(dir=book.WORK) as folder, spark_cluster.running(Path(folder)) as cluster:
        start = time.perf_counter()
        with spark.opened(cluster.master) as session:
            console.print(f"session after {time.perf_counter() - start:.1f} s")
            for name, model in MODELS.items():
                if name in os.environ.get("SPARK_MODELS", name).split("|"):
                    lines += _lines(name, book.WORK / model, Path(folder), session, console)
    return "\n".join(lines)


def _lines(name, model, folder, session, console) -> list[str]:
    saved = bundle.read(model)
    on_spark = {"session": partial(nullcontext, session)}
    ways = {
        "local": lambda source, output: batch.score(saved, source, output, batch.Job(threads=CORES)),
        "arrow": lambda source, output: spark.score(saved, source, output, **on_spark),
        "native": lambda source, output: spark.score(saved, source, output, native=True, **on_spark),
    }
    if not model.parent.name.startswith("small"):
        del ways["native"]
    for way in (*ways, *ways):
        ways[way](book.WORK / f"book-{WARM}.parquet", folder / "warm")
        shutil.rmtree(folder / "warm")
    seconds = {way: [] for way in ways}  # of the clock and of CPU
    for _ in range(REPEATS):
        for way, score in ways.items():
            shutil.rmtree(folder / way, ignore_errors=True)
            start, before = time.perf_counter(), _cpu()
            score(book.WORK / f"book-{ROWS}.parquet", folder / way)
            seconds[way].append((time.perf_counter() - start, _cpu() - before))
            console.print(name, way, seconds[way][-1])
    clock, cpu = ({way: ROWS / min(t[i] for t in times) for way, times in seconds.items()} for i in range(2))
    due = _rows(folder / "local")
    lines = []
    for way in ways:
        equal = "yes" if _equal(_rows(folder / way), due) else "NO"
        rates = f"{clock[way]:,.0f} | {cpu[way]:,.0f} | {cpu[way] / cpu['local']:.2f}"
        lines.append(f"| {name} | {way} | {rates} | {equal} |")
        shutil.rmtree(folder / way)
    return lines


def _equal(rows: pa.Table, due: pa.Table) -> bool:
    """Every answer the same; PDs within 1e-9."""
    words = [name for name in due.column_names if name != "pd"]
    same = all(rows[name].equals(due[name].cast(rows[name].type)) for name in words)
    return same and bool(np.abs(rows["pd"].to_numpy() - due["pd"].to_numpy()).max() <= 1e-9)


def _cpu() -> float:
    """Seconds of CPU of this process and all that it started."""
    result = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            result[int(path.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {os.getpid()}
    while more := {pid for pid, (parent, _) in result.items() if parent in ours} - ours:
        ours |= more
    return sum(result[pid][1] for pid in ours if pid in result) / os.sysconf("SC_CLK_TCK")


def _rows(folder: Path) -> pa.Table:
    named = [part["name"] for part in json.loads((folder / "manifest.json").read_bytes())["parts"]]
    return pa.concat_tables([pq.read_table(folder / name) for name in named]).sort_by("id")


if __name__ == "__main__":
    print(table(Console(stderr=True)))
