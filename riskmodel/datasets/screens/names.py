"""Columns whose names say that they are known only after the outcome, or that they are the lender's own judgement.

A name by itself only warns; a name and an AUC that goes with it block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from riskmodel.datasets.screens.seen import Feature, Seen
from riskmodel.datasets.screens.single import strongest
from riskmodel.datasets.screens.suspect import Severity, Suspect

SUPPORTED = 0.75  # the lower bound of the AUC that makes a name certain
TELLS = 0.55  # and the one from which the lender's own judgement is in it

_AFTER = (
    r"recover(y|ies|ed)",
    r"collections?",
    r"charged?_?offs?",
    r"write?_?offs?|written_off",
    r"(last|next|final)_(pay(ment)?|pymnt|pmt|credit_pull|fico)",
    r"settle(d|ment)",
    r"tot(al)?_(rec|pymnt|payments?|paid)",
    r"out_prncp|outstanding_principal",
    r"(default|delinquency|foreclosure|repossession|closure|closed?|payoff|paid_off)_(date|d|dt|month|day|time|amount)",
    r"hardship|foreclos(ed|ure)|repossess(ed|ion)|lgd|loss_amount|net_loss|credit_loss",
    r"loan_status|final_status|outcome",
)
_LOOKS_BACK = r"(\d+_?(m|mths?|months?|y|yrs?|years?)|prior|previous|before|ever)"  # a bureau's window before the loan
_OWN = (
    r"(sub_?)?grade",
    r"int(erest)?_rate|rate_of_interest|apr",
    r"risk_(score|band|class|grade|rating|level|tier)|(internal|own)_(score|rating|grade)",
    r"pd|pd_(score|estimate|model)|scorecard(_points)?",
    r"decision|approved|approval|accepted|credit_limit_granted",
)


def screen(feature: Feature, seen: Seen) -> Iterator[Suspect]:
    """What the name says, with the AUC beside it."""
    name = words_of(feature.name)
    if _says(name, _AFTER) and not _says(name, (_LOOKS_BACK,)):
        yield _after(feature, seen)
    elif _says(name, _OWN):
        yield from _own(feature, seen)


def words_of(name: str) -> str:
    """A column's name in small letters with underscores: LastPaymentDate is last_payment_date."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def _says(name: str, patterns: tuple[str, ...]) -> bool:
    return any(re.search(rf"(^|_)({pattern})(_|$)", name) for pattern in patterns)


def _after(feature: Feature, seen: Seen) -> Suspect:
    best = strongest(feature, seen)
    blocks = best.lowest_auc > SUPPORTED
    and_auc = "and" if blocks else "though"
    evidence = (
        f"sounds as if it were known only after the outcome, {and_auc} its AUC is {best.auc:.3f} by itself "
        f"on {seen.basis}"
    )
    figures = {"auc": best.auc, "auc_low": best.lowest_auc}
    return Suspect("known after", feature.name, evidence, Severity.BLOCKS if blocks else Severity.WARNS, figures)


def _own(feature: Feature, seen: Seen) -> Iterator[Suspect]:
    best = strongest(feature, seen)
    if best.lowest_auc > TELLS:
        evidence = (
            f"sounds like the lender's own score, price or decision, with an AUC of {best.auc:.3f} by itself "
            f"on {seen.basis}: a model of it repeats the old one"
        )
        figures = {"auc": best.auc, "auc_low": best.lowest_auc}
        yield Suspect("own score", feature.name, evidence, Severity.WARNS, figures)
