"""Random models against their own libraries: how often the PDs are equal, and how often there is one line instead."""

import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
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
    "the library itself scores these rows otherwise than its frame": "in a pandas frame",
    "another difference": "own to within",
    "a forest, or linear leaves": "random forest|linear trees",
}


@dataclass
class Ends:
    """How pairs ended, by library and way in; why some were refused; the largest difference of the equal ones."""

    ends: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    largest: float = 0.0

    def add(self, seed: int, folder: Path) -> None:
        way, end, gap, reason = _one(seed, folder)
        self.ends[way, end] += 1
        self.reasons[reason] += bool(reason)
        self.largest = max(self.largest, gap if end == "equal" else 0.0)


def table(console: Console) -> str:
    """Ends of all pairs by library and way in."""
    all_ends = Ends()
    with tempfile.TemporaryDirectory() as folder:
        for seed in track(range(FIRST, FIRST + PAIRS), console=console):
            all_ends.add(seed, Path(folder))
    return in_words(all_ends)


def in_words(all_ends: Ends) -> str:
    """The table as Markdown."""
    ends, every = all_ends.ends, ["equal", "refused", "silent"]
    ways = sorted({way for way, _ in ends})
    lines = [f"| {way} | {' | '.join(f'{ends[way, end]:,}' for end in every)} |" for way in ways]
    total = " | ".join(f"{sum(ends[way, end] for way in ways):,}" for end in every)
    why = "; ".join(f"{reason}: {count:,}" for reason, count in all_ends.reasons.most_common() if count)
    return "\n".join(
        [
            f"## Random models against their own libraries ({ends.total():,} pairs)\n",
            "A random model of LightGBM or XGBoost (settings, categories, missing values, early stop, wrapper or not,",
            "weights of classes, margins to start from) of numbers, flags, whole numbers and categories, and rows in a",
            "random kind. Equal: every PD within 1e-6 of the library's own. Refused: one line. Silent: another PD",
            "without a word, or a traceback.\n",
            "| library, way in | equal | refused | silent |",
            "|---|---|---|---|",
            *lines,
            f"| all | {total} |\n",
            f"The largest difference among the equal ones is {all_ends.largest:.1e}. Refused: {why}.",
        ]
    )


def _one(seed: int, folder: Path) -> tuple[str, str, float, str]:
    try:
        ended = pairs.tried(seed, folder)
    except Exception as error:  # a traceback is an end that is counted
        return f"pair {seed}: {type(error).__name__}", "silent", 0.0, ""
    refusal = ended.refusal.partition(": ")[2]
    if ended.refusal is not None:
        known = [reason for reason, pattern in REASONS.items() if re.search(pattern, ended.refusal)]
        return refusal, "refused", 0.0, known[0] if known else ended.refusal
    gap = float(ended.gap or 0.0)
    return refusal, "equal" if gap <= TOLERANCE else "silent", gap, ""
