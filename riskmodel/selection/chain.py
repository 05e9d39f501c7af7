"""Whom the test sample shall confirm: a short chain from the dearest to the cheapest, tested in that fixed order.

Each is tested at the full level and the first failure ends the chain, so that a truly inferior one is confirmed in at
most 5 % of all runs, however the chain was built (Maurer, Hothorn and Lehmacher 1995; Westfall and Krishen 2001). The
figures below set its power alone; `python -m tests.benchmarks choice` has what others would give.
"""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 4
STEP = 1.5  # how many times cheaper each is than the one before
LIKELY = 0.25  # the p-value on selection up to which one may stand in a chain at all
STRONG = 0.005  # below this evidence is strong enough: then the cheaper one stands
STRONGER = 20.0  # how many times smaller the p-value of one must be that stands before a cheaper one


def chain(cost: Mapping[str, float], p_value: Mapping[str, float]) -> tuple[str, ...]:
    """The dearest first; `p_value` is of each challenger on selection, of H0: it is worse by the margin or more.

    From the cheapest upwards, those within a step of one another compete and the strongest evidence stands for them.
    Before a cheaper one only such a one may stand whose evidence is clearly stronger: where it fails the chain ends.
    """
    likely = sorted((name for name in cost if p_value[name] < LIKELY), key=lambda name: (cost[name], name))
    links: list[str] = []
    while likely and len(links) < LONGEST:
        most = STEP * cost[likely[0]]
        link = min((n for n in likely if cost[n] < most), key=lambda n: (max(p_value[n], STRONG), cost[n], n))
        links.append(link)
        beyond, below = STEP * cost[link], p_value[link] / STRONGER
        likely = [name for name in likely if cost[name] >= beyond and p_value[name] < below]
    return tuple(reversed(links))
