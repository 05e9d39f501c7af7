"""Evidence of who is let in and who is turned away when a challenger takes the champion's place, in rows and money.

PDs (n) are of the same rows; at or above the cutoff an application is declined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from riskmodel.core import Mask, Outcome, Vector
from riskmodel.core.evidence import Evidence, Method, Table
from riskmodel.errors import DataError
from riskmodel.evaluation.grading import by_value, not_evaluated, table
from riskmodel.evaluation.requirements import require_rows
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.stats import proportions
from riskmodel.stats.interval import of_share

SWAP_SET = Method(
    "change.swap_set",
    "Swap set",
    "bad rate of those whom only the challenger approves less bad rate of those whom only the champion approves",
    "practice (Experian); interval Newcombe 1998, direction McNemar 1947, exact",
    "Rows whose outcome is known. Where outcomes exist for approved applications only, those swapped in are not "
    "like others who are declined, and the figure is a bound at best.",
    "those let in are no worse than those turned away",
)
SAME_CUTOFF, SAME_APPROVALS, SAME_BADS = "equal cutoff", "equal approval rate", "equal expected bad rate"


@dataclass(frozen=True)
class Cutoffs:
    """What the two scorers decline by."""

    rule: str
    champion: float
    challenger: float


def cutoffs(champion: Vector, challenger: Vector, cutoff: float) -> tuple[Cutoffs, ...]:
    """The challenger's cutoff by three rules, given the champion's.

    With an equal approval rate as many rows are approved, as nearly as ties allow. With an equal expected bad rate the
    mean PD of those approved is the same, each by its own PDs: outcomes play no part, so they may be reported after.
    Raises: DataError where the champion approves nobody.
    """
    require_rows(champion=champion, challenger=challenger)
    approved = champion < cutoff
    if not approved.any():
        raise DataError(f"the champion must approve somebody at its cutoff, however: nobody below {cutoff:g}")
    ordered = np.sort(challenger)
    ends = np.append(np.flatnonzero(np.diff(ordered) > 0), len(ordered) - 1)  # rows that tie are decided alike
    upto = np.append(ordered[ends[:-1] + 1], np.inf)
    means = np.cumsum(ordered)[ends] / (ends + 1)
    by_count = upto[np.abs(ends + 1 - approved.sum()).argmin()]
    by_mean = upto[np.abs(means - champion[approved].mean()).argmin()]
    return (
        Cutoffs(SAME_CUTOFF, cutoff, cutoff),
        Cutoffs(SAME_APPROVALS, cutoff, float(by_count)),
        Cutoffs(SAME_BADS, cutoff, float(by_mean)),
    )


def swap_set(  # noqa: PLR0917
    default: Outcome,
    champion: Vector,
    challenger: Vector,
    at: Cutoffs,
    limits: Thresholds,
    amount: Vector | None = None,
    masks: Mapping[str, Mask] | None = None,
) -> Evidence:
    """Who changes sides at one pair of cutoffs; without an amount (n) money is left out."""
    rows = require_rows(default=default, champion=champion, challenger=challenger, **(masks or {}))
    before, after = champion < at.champion, challenger < at.challenger
    into, out = after & ~before, before & ~after
    sides = {"approved by both": before & after, "swapped in": into, "swapped out": out}
    sides |= {"declined by both": ~before & ~after, "approved before": before, "approved after": after}
    listing = [_listed(default, sides, amount), _decided(at, into, out)]
    if masks:
        listing.append(_by_group(masks, into, out))
    facts = {"bads": int(default.sum()), "about": at.rule, "tables": tuple(listing)}
    fewest = min(int(into.sum()), int(out.sum()))
    if fewest < limits.setting("least_bads"):
        reason = f"{into.sum()} rows are swapped in and {out.sum()} out: too few to compare their bad rates."
        return not_evaluated(SWAP_SET, reason, rows, **facts)
    counts = (int(default[into].sum()), int(into.sum()), int(default[out].sum()), int(out.sum()))
    p_value = proportions.p_higher(*counts)
    return by_value(SWAP_SET, limits, proportions.difference(*counts), rows, p_value=p_value, **facts)


def _listed(default: Outcome, sides: Mapping[str, Mask], amount: Vector | None) -> Table:
    money = ("amount", "bad amount") if amount is not None else ()
    lines = []
    for name, mask in sides.items():
        count, bads = int(mask.sum()), int(default[mask].sum())
        rate = of_share(bads, count) if count else None
        bounds = (rate.value, rate.low, rate.high) if rate else (None, None, None)
        sums = () if amount is None else (float(amount[mask].sum()), float(amount[mask & (default == 1)].sum()))
        lines.append((name, count, count / len(default), bads, *bounds, *sums))
    return table("Swap set", ("side", "rows", "share", "bads", "bad rate", "low", "high", *money), lines, "swap_set")


def _decided(at: Cutoffs, into: Mask, out: Mask) -> Table:
    swapped = int(into.sum() + out.sum())
    p_value = float(binomtest(int(into.sum()), swapped).pvalue) if swapped else 1.0
    columns = ("rule", "champion's cutoff", "challenger's cutoff", "McNemar p")
    return table("Cutoffs", columns, [(at.rule, at.champion, at.challenger, p_value)], "cutoffs")


def _by_group(masks: Mapping[str, Mask], into: Mask, out: Mask) -> Table:
    lines = [(name, int(mask.sum()), int((into & mask).sum()), int((out & mask).sum())) for name, mask in masks.items()]
    return table("Swap set by group", ("group", "rows", "swapped in", "swapped out"), lines, "swap_set_by_group")
