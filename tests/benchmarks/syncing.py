"""What it costs a batch run that its files are synced: the same run with and without, in turn, by the wall clock.

SYNC_ROWS sets the rows of the book (4,000,000), SYNC_ROUNDS how often. Without: `os.fsync` does nothing.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter
from unittest import mock

import numpy as np
from rich.console import Console

from riskmodel import batch, bundle
from tests.benchmarks.batch import WORK, prepare

ROWS = int(os.environ.get("SYNC_ROWS", "4000000"))
ROUNDS = int(os.environ.get("SYNC_ROUNDS", "7"))


def table(console: Console) -> str:
    """Seconds with and without, and the ratio of each pair."""
    prepare(ROWS)
    _seconds()  # loads the libraries, and the file into memory
    pairs = []
    for number in range(ROUNDS):
        ways = [nullcontext, _unsynced][:: 1 if number % 2 else -1]
        took = {}
        for way in ways:
            with way():
                took[way] = _seconds()
        pairs.append((took[nullcontext], took[_unsynced]))
        console.print(*pairs[-1])
    synced, unsynced = np.array(pairs).T
    low, middle, high = np.quantile(synced / unsynced, [0.25, 0.5, 0.75])
    return "\n".join(
        [
            f"## The cost of syncing: {ROWS:,} rows, {ROUNDS} pairs of runs",
            "",
            "| synced s | not synced s | median ratio | middle half of the ratios |",
            "|---|---|---|---|",
            f"| {np.median(synced):.2f} | {np.median(unsynced):.2f} | {middle:.3f} | {low:.3f} to {high:.3f} |",
        ]
    )


def _seconds() -> float:
    folder = Path(tempfile.mkdtemp(dir=WORK))
    try:
        start = perf_counter()
        job = batch.Job(threads=len(os.sched_getaffinity(0)))
        batch.score(bundle.read(WORK / "small" / "plain"), WORK / f"book-{ROWS}.parquet", folder / "out", job)
        return perf_counter() - start
    finally:
        shutil.rmtree(folder)


@contextmanager
def _unsynced() -> Iterator[None]:
    with mock.patch("os.fsync", return_value=None):
        yield
