"""Whole calls out, by what AUC is lost for what is saved: a feature alone saves nothing of a call's price."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Column, Vector
from riskmodel.errors import RiskModelError

JudgeCalls = Callable[[tuple[int, ...]], Vector]
LEAST = 1e-4  # of AUC: no loss counts as less
UNCHARGED = "uncharged"  # the features that no call brings and nobody charges: they stay


@dataclass(frozen=True)
class ChargedCall:
    """What is charged once an application, and the places of the features that it brings."""

    name: str
    price: float
    places: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CallSet:
    """Some calls by their place, and the AUC of each fold with these alone."""

    left: tuple[int, ...]
    scores: Vector


def charged_calls(features: Sequence[Column], gone: Collection[int] = ()) -> list[ChargedCall]:
    """All calls in the order of their first feature, then those features that are not charged, as one of price 0.

    Features at the places `gone` are in none.

    Raises: RiskModelError where no feature has a price.
    """
    by_call: dict[tuple[str, str], list[int]] = {}
    for place, column in enumerate(features):
        if place in gone:
            continue
        by_call.setdefault(column.charged_as if column.cost else ("", ""), []).append(place)
    free = by_call.pop(("", ""), [])
    if not by_call:
        raise RiskModelError('by = "vendor" needs prices in data.vendors or data.costs, however: no feature has one')
    calls = [
        ChargedCall(vendor or column, features[places[0]].cost, tuple(places))
        for (vendor, column), places in by_call.items()
    ]
    return [*calls, ChargedCall(UNCHARGED, 0.0, tuple(free))] if free else calls


def tried_sets(
    prices: Vector, fixed: Collection[int], judge: JudgeCalls, keep: float = 0.0, width: int = 2
) -> list[CallSet]:
    """Sets of calls, from all of them down to a share of the price or to those that must stay.

    A beam search: each of the sets at hand loses each of its calls in turn, and so many go on as `width` says: those
    that lose the least mean AUC against all calls for what they save. A loss counts as `LEAST` at least, so that what
    is within noise is told apart by price.

    Parameters
    ----------
    prices
        Of the calls (n).
    fixed
        Calls that stay: with them those of price 0. Where there are none, the last one stays.
    judge
        The AUC of each fold with these calls alone.
    keep
        The share of the price from which on a set loses no more.
    width
        Sets that go on from each round; 1 is elimination one by one.

    Returns
    -------
    Every set that was judged, all calls first.
    """
    stays = {*fixed, *np.flatnonzero(prices == 0).tolist()}
    whole = CallSet(tuple(range(len(prices))), judge(tuple(range(len(prices)))))

    def rate(one: CallSet) -> tuple[float, tuple[int, ...]]:
        lost = float((whole.scores - one.scores).mean())
        return max(lost, LEAST) / float(prices.sum() - prices[list(one.left)].sum()), one.left

    judged, beam = {whole.left: whole}, [whole]
    while beam:
        wide = [one.left for one in beam if len(one.left) > 1 and not _is_affordable(one.left, prices, keep)]
        smaller = {tuple(c for c in left if c != call) for left in wide for call in left if call not in stays}
        made = {left: CallSet(left, judge(left)) for left in sorted(smaller)}
        judged |= made
        beam = sorted(made.values(), key=rate)[:width]
    return list(judged.values())


def front(sets: Sequence[CallSet], prices: Vector) -> list[CallSet]:
    """All calls, then ever cheaper sets, each with more mean AUC than every set that is as cheap or cheaper."""
    best, made = -np.inf, list[CallSet]()
    for one in sorted(sets, key=lambda one: (prices[list(one.left)].sum(), -one.scores.mean(), one.left)):
        if one.scores.mean() > best:
            best = float(one.scores.mean())
            made.append(one)
    return [sets[0], *(one for one in made[::-1] if one.left != sets[0].left)]


def affordable(made: Sequence[CallSet], prices: Vector, keep: float) -> int:
    """The first set whose calls are charged at most a share of all; the last one where none is."""
    return next((turn for turn, one in enumerate(made) if _is_affordable(one.left, prices, keep)), len(made) - 1)


def _is_affordable(left: Sequence[int], prices: Vector, keep: float) -> bool:
    return float(prices[list(left)].sum()) <= keep * float(prices.sum()) * (1 + 1e-12)
