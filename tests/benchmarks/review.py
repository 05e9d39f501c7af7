"""Whether a review shows a harm that is there, and none that is not; and how long it takes.

The harm: of 6,000 rows a group of 5 % and thin files of another 5 % are ranked by chance; elsewhere the challenger is
better, so that the AUC of all rows holds. Times are of everything from PDs to the page.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter
from types import ModuleType

import numpy as np
from rich.console import Console
from rich.progress import track

from riskmodel.config import Margins
from riskmodel.core import Sample
from riskmodel.evaluation import compare, evaluate
from riskmodel.evaluation.thresholds import standard
from riskmodel.review.dossier import Dossier, assess
from riskmodel.review.evidence.subject import Subject
from riskmodel.review.pages.change import change_page
from riskmodel.review.reports import change
from tests.planted import planted

SEEDS = 20
SIZES = ((30, 6_000), (3, 1_000_000))  # variants, rows


def table(console: Console) -> str:
    """Findings of harm and of planted faults by seed, and seconds by size."""
    return "\n\n".join([_harm(console), _faults(console), _times(console)])


def _harm(console: Console) -> str:
    lines = [
        f"## Harm planted and not planted ({SEEDS} seeds, 6,000 rows)",
        "",
        "| harm | first finding is the harm | both groups named | any finding of harm | median change of AUC |",
        "|---|---|---|---|---|",
    ]
    for harm in (True, False):
        seeds = track(range(SEEDS), f"harm {harm}", console=console)
        results = [assess(planted(seed=seed, harm=harm), standard()) for seed in seeds]
        first = sum(bool(d.findings) and d.findings[0].test == "change.harm" for d in results)
        named = sum("sex=f" in _named(d) and "thin file" in _named(d) for d in results)
        count = sum(bool(_named(d)) for d in results)
        lost = float(np.median([d.change.differences["auc"].delta for d in results if d.change]))
        of = f"of {SEEDS}"
        lines.append(f"| {'planted' if harm else 'none'} | {first} {of} | {named} {of} | {count} {of} | {lost:+.4f} |")
    return "\n".join(lines)


def _from_tests(name: str) -> ModuleType:
    """A module that tests share; they find one another in their own folder."""
    folder = str(Path(__file__).parents[1])
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(name)


def _faults(console: Console) -> str:
    """Each planted fault among the first three findings, and warnings where nothing was planted."""
    faults = _from_tests("faults")
    lines = [
        f"## {len(faults.PLANTED)} faults planted ({SEEDS} seeds, 4,000 rows)",
        "",
        "| fault | named among the first three findings |",
        "|---|---|",
    ]
    for fault, words in faults.PLANTED.items():
        seeds = track(range(SEEDS), fault.__name__, console=console)
        named = sum(faults.named(assess(fault(seed), standard()), words) for seed in seeds)
        lines.append(f"| {fault.__name__.replace('_', ' ')} | {named} of {SEEDS} |")
    calm = sum(not faults.warned(assess(faults.clean(seed), standard())) for seed in range(SEEDS))
    return "\n".join([*lines, f"| none: no warning at all | {calm} of {SEEDS} |"])


def _named(dossier: Dossier) -> str:
    return next((f.statement for f in dossier.findings if f.test == "change.harm"), "")


def _times(console: Console) -> str:
    lines = ["## Time of a review", "", "| variants | rows | seconds | page |", "|---|---|---|---|"]
    for variants, rows in SIZES:
        subject = planted(rows=rows, harm=False)
        start = perf_counter()
        _compared(subject, variants)
        page = change_page(change.memo(assess(subject, standard()), {"policy": "given"}))
        seconds = perf_counter() - start
        lines.append(f"| {variants} | {rows:,} | {seconds:.0f} | {len(page) / 1e6:.2f} MB |")
        console.print(lines[-1])
    return "\n".join(lines)


def _compared(subject: Subject, variants: int) -> None:
    """Every variant is evaluated and held against the champion; one of them is then weighed in full."""
    assert subject.default is not None
    rows = len(subject)
    sample = Sample("test", (), np.empty((rows, 0)), subject.default, np.arange(rows))
    champion, challenger = (side.pd for side in subject.sides)
    for i in range(variants):
        evaluate(f"variant {i}", sample, challenger, subject.cutoff)
        compare(f"variant {i}", "champion", sample, challenger, champion, Margins())
