"""Pruning of the rows of a million: 600,000 of train, the latest fifth as the test sample, one split; see `rows`."""

from rich.console import Console

from tests.benchmarks.rows import FEW, compared

ROWS, KEEPS, SEEDS = 1_000_000, (0.1, 0.3), (0,)


def table(console: Console) -> str:
    return compared("synthetic", ROWS, FEW, KEEPS, SEEDS, console)
