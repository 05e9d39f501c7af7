"""What a small change of the inputs turns before and after a cut, for a page and for a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from riskmodel.core import Interval
from riskmodel.evaluation.robustness.before_and_after import SmallChangeComparison
from riskmodel.review.tables import plain
from riskmodel.review.wording import NOT_EVALUATED, count, percent

Line = tuple[str, str, str]  # what, how much, in plain words


def small_change_facts(comparison: SmallChangeComparison | str) -> dict[str, Any]:
    """For a program; where it was not asked, `verdict` and `reason` alone."""
    if isinstance(comparison, str):
        return {"verdict": NOT_EVALUATED, "reason": comparison}
    made: dict[str, Any] = plain(asdict(comparison))
    return {"verdict": str(made.pop("mark")), **made}


def small_change_lines(comparison: SmallChangeComparison | str) -> Iterable[Line]:
    """What a small change turns of the given model, of the smaller one, and the difference."""
    if isinstance(comparison, str):
        yield "Small changes", NOT_EVALUATED, comparison
        return
    for name, side in (("given", comparison.given), ("smaller", comparison.written)):
        most = "nothing bounds it" if side.not_excluded is None else f"not excluded: {count(side.not_excluded)}"
        words = f"{count(side.turned)} of {count(comparison.rows)} rows shown, {most} ({side.way})"
        yield f"Decisions turned, {name} model", _share(side.share), words
    yield "Difference", _share(comparison.excess), f"{comparison.mark}: {comparison.reason}"


def _share(figures: Interval) -> str:
    return f"{percent(figures.value)} ({percent(figures.low)} to {percent(figures.high)})"
