"""Batch scoring as the book grows: time a row and peak memory of riskmodel, each size in a process of its own.

MEMORY_ROWS sets the sizes (1000000,10000000,100000000). Beyond ten million rows the book is a folder that holds the
same ten million again and again: it takes no more disk, and is read as often.
"""

import os
import shutil

import numpy as np
from rich.console import Console

from tests.benchmarks import batch as book

SIZES = [int(rows) for rows in os.environ.get("MEMORY_ROWS", "1000000,10000000,100000000").split(",")]
WHOLE = 10_000_000


def table(console: Console) -> str:
    """CPU a row and peak memory by rows."""
    results = []
    for rows in SIZES:
        _prepare(rows)
        results.append((rows, book.measured("ours pruned plain", rows)))
        console.print(*results[-1])
    logs = np.log([[rows, run["cpu"]] for rows, run in results])
    power = np.polyfit(logs[:, 0], logs[:, 1], 1)[0] if results[1:] else float("nan")
    lines = [
        f"## A growing book: {len(book.FEATURES)} features, the pruned model, {book.THREADS} threads",
        "",
        "| rows | seconds | CPU: us/row | peak MiB |",
        "|---|---|---|---|",
        *(
            f"| {rows:,} | {run['seconds']:.1f} | {run['cpu'] / rows * 1e6:.2f} | {run['peak_mib']:,.0f} |"
            for rows, run in results
        ),
        "",
        f"CPU grows as the rows to the power {power:.2f}.",
    ]
    return "\n".join(lines)


def _prepare(rows: int) -> None:
    book.prepare(min(rows, WHOLE))
    folder = book.WORK / f"book-{rows}.parquet"
    if rows <= WHOLE or folder.exists():
        return
    beside = folder.with_suffix(".partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    for i in range(-(-rows // WHOLE)):
        os.link(book.WORK / f"book-{WHOLE}.parquet", beside / f"{i:03}.parquet")
    beside.replace(folder)


if __name__ == "__main__":
    print(table(Console(stderr=True)))
