"""Whom the test sample shall confirm: a short chain from the dearest to the cheapest, tested in that fixed order.

Each is tested at the full level and the first failure ends the chain; at its cheapest step up to three rivals are
tested together, by Holm. So a truly inferior one is confirmed in at most 5 % of all runs, however the chain was built
(Maurer, Hothorn and Lehmacher 1995; Westfall and Krishen 2001, serial gatekeeping). The figures below set its power
alone; `python -m tests.benchmarks choice` has what others would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from riskmodel.stats.holm import ALPHA, holm

LONGEST = 4  # steps
STEP = 1.5  # how many times cheaper each is than the one before
LIKELY = 0.25  # the p-value on selection up to which one may stand in a chain at all
STRONG = 0.01  # below this one is so likely to pass that it may stand before any, and beside rivals of its own cost
ALIKE = 0.002  # below this evidence is alike: then the cheaper of a step stands
STRONGER = 20.0  # how many times smaller the p-value of one that is not strong must be before a cheaper one
RIVALS = 2  # at most, of the cheapest


def chain(cost: Mapping[str, float], p_value: Mapping[str, float]) -> tuple[str, ...]:
    """The dearest first; `p_value` is of each challenger on selection, of H0: it is worse by the margin or more.

    From the cheapest upwards, those within a step of one another compete and the strongest evidence stands for them.
    Before a cheaper one only such a one may stand whose evidence is strong, or clearly stronger: where it fails the
    chain ends.
    """
    likely = sorted((name for name in cost if p_value[name] < LIKELY), key=lambda name: (cost[name], name))
    links: list[str] = []
    while likely and len(links) < LONGEST:
        most = STEP * cost[likely[0]]
        link = min((n for n in likely if cost[n] < most), key=lambda n: (max(p_value[n], ALIKE), cost[n], n))
        links.append(link)
        beyond, below = STEP * cost[link], max(STRONG, p_value[link] / STRONGER)
        likely = [name for name in likely if cost[name] >= beyond and p_value[name] < below]
    return tuple(reversed(links))


def rivals(links: Sequence[str], cost: Mapping[str, float], p_value: Mapping[str, float]) -> tuple[str, ...]:
    """Who is tested together with the last link: of about its cost or less, and strong; the strongest first."""
    strong = (n for n in cost if n not in links and p_value[n] < STRONG and cost[n] < STEP * cost[links[-1]])
    return tuple(sorted(strong, key=lambda n: (max(p_value[n], ALIKE), cost[n], n))[:RIVALS]) if links else ()


def walk(
    families: Sequence[Sequence[str]], cost: Mapping[str, float], p_value: Mapping[str, float]
) -> tuple[tuple[str, ...], str | None]:
    """Who was asked on test, and the cheapest of the last family that had one confirmed; None if none had.

    `p_value` is on test. A family is tested by Holm, and the next one only where all of it are confirmed.
    """
    asked: list[str] = []
    chosen: str | None = None
    for family in families:
        asked += family
        adjusted = holm({name: p_value[name] for name in family})
        confirmed = [name for name in family if adjusted[name] < ALPHA]
        chosen = min(confirmed, key=lambda name: (cost[name], name), default=chosen)
        if len(confirmed) < len(family):
            break
    return tuple(asked), chosen
