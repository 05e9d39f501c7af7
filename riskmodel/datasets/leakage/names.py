"""Columns whose names say that they are known only after the outcome, or that they are the lender's own judgement.

A name by itself only warns; a name and an AUC that goes with it block.
"""

from __future__ import annotations

from collections.abc import Iterator

from riskmodel.datasets import names
from riskmodel.datasets.leakage.screening_view import Feature, ScreeningView
from riskmodel.datasets.leakage.suspect import Suspect, SuspectSeverity
from riskmodel.datasets.leakage.univariate import strongest

SUPPORTED = 0.75  # the lower bound of the AUC that makes a name certain
TELLS = 0.55  # and the one from which the lender's own judgement is in it


def screen(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    """What the name says, with the AUC beside it."""
    if names.known_after(feature.name):
        yield _after(feature, view)
    elif names.another_score(feature.name):
        yield from _own(feature, view)


def _after(feature: Feature, view: ScreeningView) -> Suspect:
    best = strongest(feature, view)
    blocks = best.lowest_auc > SUPPORTED
    and_auc = "and" if blocks else "though"
    evidence = (
        f"sounds as if it were known only after the outcome, {and_auc} its AUC is {best.auc:.3f} by itself "
        f"on {view.basis}"
    )
    figures = {"auc": best.auc, "auc_low": best.lowest_auc}
    return Suspect(
        "known after", feature.name, evidence, SuspectSeverity.BLOCKS if blocks else SuspectSeverity.WARNS, figures
    )


def _own(feature: Feature, view: ScreeningView) -> Iterator[Suspect]:
    best = strongest(feature, view)
    if best.lowest_auc > TELLS:
        evidence = (
            f"sounds like the lender's own score, price or decision, with an AUC of {best.auc:.3f} by itself "
            f"on {view.basis}: a model of it repeats the old one"
        )
        figures = {"auc": best.auc, "auc_low": best.lowest_auc}
        yield Suspect("own score", feature.name, evidence, SuspectSeverity.WARNS, figures)
