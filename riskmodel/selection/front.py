"""The Pareto front: what no other variant beats."""

from __future__ import annotations

from collections.abc import Mapping


def pareto(auc: Mapping[str, float], cost: Mapping[str, float]) -> tuple[str, ...]:
    """The variants, cheapest first, that no other beats in AUC or cost without losing in the other."""

    def is_beaten(name: str) -> bool:
        return any(
            auc[other] >= auc[name]
            and cost[other] <= cost[name]
            and (auc[other], cost[other]) != (auc[name], cost[name])
            for other in cost
        )

    return tuple(sorted((name for name in cost if not is_beaten(name)), key=lambda name: (cost[name], name)))
