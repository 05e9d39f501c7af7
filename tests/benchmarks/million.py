"""`riskmodel train` as the portfolio grows: three scorers and ten variants of 40 features, each run in its own process.

MILLION_ROWS sets the sizes (10000,100000,1000000). The boosters are fitted once, without a search; the network learns
from at most 100,000 rows of train. Everything else sees all rows: checks, pruning, recovery, verdicts, drift, latency.
"""

import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from rich.console import Console

ROWS = [int(rows) for rows in os.environ.get("MILLION_ROWS", "10000,100000,1000000").split(",")]
SCORERS = """
[[scorers]]
name = "lgbm"
kind = "lgbm"
options = { search = 0, rate = 0.1, rounds = 1000, patience = 30 }

[[scorers]]
name = "xgb"
kind = "xgb"
options = { search = 0, rate = 0.1, rounds = 1000, patience = 30 }

[[scorers]]
name = "neural"
kind = "neural"
options = { rows = 100000, epochs = 15, patience = 4 }

[[recipes]]
scorers = ["lgbm"]
steps = [{ pruner = "collapse", keep = [0.5, 0.25, 0.1] }]

[[recipes]]
scorers = ["xgb"]
steps = [{ pruner = "collapse", keep = [0.5, 0.25] }]

[[recipes]]
scorers = ["lgbm", "xgb"]
steps = [{ pruner = "prefix", keep = 0.25 }]

[[recipes]]
scorers = ["neural"]
steps = [{ pruner = "neurons", keep = [0.5, 0.25] }]

[[recipes]]
scorers = ["neural"]
steps = [{ compressor = "float16" }]
"""
VARIANTS = 10


def table(console: Console) -> str:
    """Minutes and peak memory by rows, the time a million rows, and how fast it grows."""
    results = []
    for rows in ROWS:
        seconds, peak = _run(rows)
        results.append((rows, seconds, peak))
        console.print(f"{rows:,} rows: {seconds:.0f} s, {peak:.2f} GiB")
    growth = [(b[1] / a[1]) / (b[0] / a[0]) for a, b in pairwise(results)]
    lines = [
        f"## `train` as the portfolio grows: 40 features, lgbm, xgb, neural and {VARIANTS} variants, 2 threads",
        "",
        "Growth is the factor of time over the factor of rows since the line above: 1 is linear, less is better.",
        "",
        "| rows | minutes | minutes a million rows | growth | peak GiB |",
        "|---|---|---|---|---|",
        *(
            f"| {rows:,} | {seconds / 60:.1f} | {seconds / 60 / rows * 1e6:.1f} | {grown} | {peak:.2f} |"
            for (rows, seconds, peak), grown in zip(results, ["", *(f"{g:.2f}" for g in growth)], strict=True)
        ),
    ]
    return "\n".join(lines)


def _run(rows: int) -> tuple[float, float]:
    """Seconds and peak GiB of one run, and of nothing else."""
    riskmodel = str(Path(sys.executable).with_name("riskmodel"))
    with tempfile.TemporaryDirectory() as name:
        folder, log = Path(name) / "portfolio", Path(name) / "log"
        subprocess.run([riskmodel, "synth", "--rows", str(rows), "--out", str(folder)], check=True, capture_output=True)
        toml = folder / "run.toml"
        toml.write_text(toml.read_text().split("[[scorers]]", 1)[0] + SCORERS)
        where = ["--store", f"sqlite:///{folder}/mlflow.db", "--output", f"{folder}/report"]
        start = time.perf_counter()
        with log.open("w") as output:
            child = subprocess.Popen([riskmodel, "train", str(toml), *where], stdout=output, stderr=output)
            _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"{rows:,} rows: {log.read_text()[-2000:]}")
    return seconds, used.ru_maxrss / 2**20


if __name__ == "__main__":
    print(table(Console(stderr=True)))
