"""Which sizes are made where none was asked for: those that lead to the smallest that is likely to pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from riskmodel.core import Change
from riskmodel.selection.chain import LIKELY, chain
from riskmodel.workflows.prune.judge import deciding
from riskmodel.workflows.prune.path import Cut

Judged = tuple[Cut, Change]


def smallest(make: Callable[[float], Judged], keeps: Sequence[float]) -> list[Judged]:
    """By halving along the falling `keeps`: a smaller size while one is likely to be shown no worse, else a larger one.

    What was made, largest first; of seven sizes three at most, and none beyond what the sample can show.
    """
    made: list[Judged] = []
    first, last = 0, len(keeps) - 1
    while first <= last:
        middle = (first + last) // 2
        made.append(make(keeps[middle]))
        if deciding(made[-1][1]).p_value < LIKELY:
            first = middle + 1
        else:
            last = middle - 1
    return sorted(made, key=lambda judged: -(judged[0].parts or 0))


def most(keeps: Sequence[float]) -> int:
    """How many sizes are made at most, by halving."""
    return len(keeps).bit_length()


def asked(given: Cut, made: Sequence[Judged]) -> tuple[str, ...]:
    """The cuts that the test sample shall confirm, the largest first; all are smaller than the given model."""
    smaller = {cut.name: (cut, change) for cut, change in made if is_smaller(given, cut)}
    leaves = {name: float(cut.parts or 0) for name, (cut, _) in smaller.items()}
    return chain(leaves, {name: deciding(change).p_value for name, (_, change) in smaller.items()})


def is_smaller(given: Cut, cut: Cut) -> bool:
    """Fewer nodes, or no more of them and fewer trees or features that are asked for; unknown models are largest.

    Of a network fewer weights, or no more of them and fewer neurons.
    """
    return not given.is_known or cut.size < given.size
