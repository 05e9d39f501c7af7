"""Where one machine ends for fitting: CPU and peak memory of an XGBoost fit as the rows grow, each in its own process.

GROWTH_ROWS sets the sizes (100000,300000,900000). 100 trees of 31 leaves, one thread, no search.
"""

import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from rich.console import Console

from riskmodel import scorers
from riskmodel.core import Development, Sample
from tests.benchmarks import batch as book

ROWS = [int(rows) for rows in os.environ.get("GROWTH_ROWS", "100000,300000,900000").split(",")]
BLOCK = 50_000
OPTIONS = {"search": 0, "rounds": 100, "leaves": 31, "patience": 100}


def table(console: Console) -> str:
    """Seconds of CPU and peak memory by rows, and what a row adds."""
    results = []
    for rows in ROWS:
        command = [sys.executable, "-m", "tests.benchmarks.growth", str(rows)]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        results.append({"rows": rows, **json.loads(done.stdout.splitlines()[-1])})
        console.print(results[-1])
    slope = np.polyfit([one["rows"] for one in results], [[one["cpu_s"], one["peak_mib"]] for one in results], 1)[0]
    lines = [
        f"## One machine, fitting: {len(book.FEATURES)} features, 100 trees x 31 leaves, one thread",
        "",
        "| rows | CPU seconds | peak MiB |",
        "|---|---|---|",
        *(f"| {one['rows']:,} | {one['cpu_s']:.1f} | {one['peak_mib']:,.0f} |" for one in results),
        "",
        f"A million rows more: {slope[0] * 1e6:,.0f} CPU seconds and {slope[1] * 1e6:,.0f} MiB.",
    ]
    return "\n".join(lines)


def main(rows: int) -> None:
    development = Development(_sample(rows), book._sample(20_000, 2, "tune"))
    start = time.process_time()
    scorers.recipe("xgb", OPTIONS).fit(development, book.FEATURES, seed=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu_s": time.process_time() - start, "peak_mib": peak}))


def _sample(rows: int) -> Sample:
    """Drawn block by block: what the drawing takes must not be the peak."""
    matrix, default = np.empty((rows, len(book.FEATURES))), np.empty(rows, np.int8)
    for start in range(0, rows, BLOCK):
        block = book._sample(min(BLOCK, rows - start), 10 + start, "block")
        matrix[start : start + BLOCK], default[start : start + BLOCK] = block.matrix, block.default
    return Sample("train", book.FEATURES, matrix, default, np.arange(rows))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(int(sys.argv[1]))
    else:
        print(table(Console(stderr=True)))
