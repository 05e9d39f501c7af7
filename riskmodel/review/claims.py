"""Verdicts that a report repeats in its own words; the rules themselves are those of the selection."""

from __future__ import annotations

from collections.abc import Mapping

from riskmodel.core import Change, Complexity, Study, Timing, Verdict
from riskmodel.pruning import RIVALS
from riskmodel.review.wording import NOT_EVALUATED
from riskmodel.selection import budget_verdict, verdict

SIMILAR_SIZE = 0.25  # convention: a rival within this share of the size is a fair comparison


def joint_verdict(change: Change) -> Verdict:
    """One verdict of all figures of a single challenger."""
    return verdict(change)


def budget_claim(
    timings: Mapping[int, Timing], budget_us: float | None, machine: Mapping[int, Timing] | None = None
) -> str:
    """Met, not met or inconclusive; NOT EVALUATED without a budget, or where one application was not timed."""
    return NOT_EVALUATED if budget_us is None or 1 not in timings else str(budget_verdict(timings, budget_us, machine))


def rivals(study: Study) -> tuple[str, ...]:
    """The prefix and retrain variants of the chosen one's family and of a similar size, in the order of the run."""
    chosen = study.variants[study.trade_off.chosen]
    target = costly_units(chosen.scorer.complexity())
    return tuple(
        name
        for name, variant in study.variants.items()
        if name != chosen.name
        and variant.family == chosen.family
        and variant.steps
        and all(step in RIVALS for step in variant.steps)
        and abs(costly_units(variant.scorer.complexity()) - target) <= SIMILAR_SIZE * target
    )


def costly_units(complexity: Complexity) -> int:
    """What a scorer's size is counted in: leaves where it has trees, else connections."""
    return complexity.leaves or complexity.connections
