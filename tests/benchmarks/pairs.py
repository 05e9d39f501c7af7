"""Random models against their own libraries: how often the PDs are equal, and how often there is one line instead."""

import re
import tempfile
from collections import Counter
from pathlib import Path

import pairs
from rich.console import Console
from rich.progress import track

PAIRS = 30_000
FIRST = 100_000  # seeds that no test has
TOLERANCE = 1e-6
REASONS = {
    "levels that the file does not keep": "does not tell its levels|does not tell whose",
    "a number for missing that is a level's code too": "is also the code",
    "the library itself differs on these rows": "own to within",
}


def table(console: Console) -> str:
    """Ends of all pairs by library and way in."""
    ends: Counter[tuple[str, str]] = Counter()
    reasons: Counter[str] = Counter()
    largest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seed in track(range(FIRST, FIRST + PAIRS), console=console):
            told, end, gap, reason = _one(seed, Path(folder))
            ends[told, end] += 1
            reasons[reason] += bool(reason)
            largest = max(largest, gap if end == "equal" else 0.0)
    ways = sorted({told for told, _ in ends})
    lines = [f"| {way} | {ends[way, 'equal']:,} | {ends[way, 'refused']:,} | {ends[way, 'silent']:,} |" for way in ways]
    every = ["equal", "refused", "silent"]
    total = " | ".join(f"{sum(ends[way, end] for way in ways):,}" for end in every)
    why = "; ".join(f"{reason}: {count:,}" for reason, count in reasons.most_common() if count)
    return "\n".join(
        [
            f"## Random models against their own libraries ({PAIRS:,} pairs)\n",
            "A random model of LightGBM or XGBoost (settings, categories, missing values, early stop, wrapper or not),",
            "and rows in a random kind. Equal: every PD within 1e-6 of the library's own. Refused: one line. Silent:",
            "another PD without a word, or a traceback.\n",
            "| library, way in | equal | refused | silent |",
            "|---|---|---|---|",
            *lines,
            f"| all | {total} |\n",
            f"The largest difference among the equal ones is {largest:.1e}. Refused: {why}.",
        ]
    )


def _one(seed: int, folder: Path) -> tuple[str, str, float, str]:
    try:
        ended = pairs.tried(seed, folder)
    except Exception as error:  # a traceback is an end that is counted
        return f"pair {seed}: {type(error).__name__}", "silent", 0.0, ""
    told = ended.told.partition(": ")[2]
    if ended.refusal is not None:
        known = [reason for reason, pattern in REASONS.items() if re.search(pattern, ended.refusal)]
        return told, "refused", 0.0, known[0] if known else ended.refusal
    gap = float(ended.gap or 0.0)
    return told, "equal" if gap <= TOLERANCE else "silent", gap, ""
