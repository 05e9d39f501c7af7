"""Calls out one at a time, by what AUC each loses for its price: a feature alone saves nothing of a call's price."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Column, Vector
from riskmodel.errors import RiskModelError
from riskmodel.pruning._features.elimination import Round

JudgeCalls = Callable[[tuple[int, ...]], Vector]
UNCHARGED = "uncharged"  # the features that no call brings and nobody charges: they stay


@dataclass(frozen=True)
class ChargedCall:
    """What is charged once an application, and the places of the features that it brings."""

    name: str
    price: float
    places: tuple[int, ...]


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


def rounds_of_calls(prices: Vector, fixed: Collection[int], judge: JudgeCalls, keep: float = 0.0) -> list[Round]:
    """All rounds from every call down to a share of the price, or to those that must stay, one gone in each.

    The call goes whose absence loses the least mean AUC over the folds for its price, the loss taken as one standard
    error at least: what is within noise is told apart by price alone.

    Parameters
    ----------
    prices
        Of the calls (n).
    fixed
        Calls that stay: with them those of price 0. Where there are none, the last one stays.
    judge
        The AUC of each fold without all but some calls.
    keep
        The share of the price at which no more is tried out.

    Returns
    -------
    Rounds; the `worth` of what is left is the AUC that it loses for its price, infinite of what stays.
    """
    stays = {*fixed, *np.flatnonzero(prices == 0).tolist()}
    left, made = tuple(range(len(prices))), list[Round]()
    while True:
        scores, worth = judge(left), np.full(len(left), np.inf)
        done = len(left) == 1 or _is_affordable(left, prices, keep)
        for i, call in enumerate(left):
            if call not in stays and not done:
                lost = scores - judge(tuple(other for other in left if other != call))
                error = float(lost.std(ddof=1)) / np.sqrt(len(lost))
                worth[i] = max(float(lost.mean()), error) / prices[call]
        made.append(Round(left, worth, scores))
        if not np.isfinite(worth).any():
            return made
        gone = left[int(np.argmin(worth))]
        left = tuple(call for call in left if call != gone)


def affordable(made: Sequence[Round], prices: Vector, keep: float) -> int:
    """The first round whose calls are charged at most a share of all; the last one where none is."""
    return next((turn for turn, r in enumerate(made) if _is_affordable(r.left, prices, keep)), len(made) - 1)


def _is_affordable(left: Sequence[int], prices: Vector, keep: float) -> bool:
    return float(prices[list(left)].sum()) <= keep * float(prices.sum()) * (1 + 1e-12)
