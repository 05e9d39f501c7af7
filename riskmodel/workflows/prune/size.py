"""How small a pruned model shall be: a share of the leaves, a budget, or what a margin allows.

A budget of nodes, trees or bytes becomes the largest share whose cut keeps within it, found on the pruner's own path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from riskmodel.config import Margins
from riskmodel.core import Scorer, check_keep, check_number
from riskmodel.errors import RiskModelError

SEARCHED = (1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05, 0.025, 0.0125, 0.006, 0.003, 0.0015)
CLOSER = 7  # shares between the best of these and the next
SIZES = ("keep", "leaves", "nodes", "trees", "bytes")

Sizes = Callable[[Sequence[float]], Iterable[Scorer]]  # the cut models, one a share


@dataclass(frozen=True)
class Size:
    """One of the first five, or as few leaves as the margin of AUC allows; bytes are those of the native file."""

    keep: float | None = None
    leaves: int | None = None
    nodes: int | None = None
    trees: int | None = None
    bytes: int | None = None
    margin: float = Margins().auc
    features: int | None = None  # how many stay, of a method that prunes features

    def check(self) -> None:
        """Raises: RiskModelError for what no model could have, or two sizes at once."""
        for name, value in asdict(self).items():
            check_number(name, value)
        given = [name for name in SIZES if getattr(self, name) is not None]
        if len(given) > 1:
            raise RiskModelError(f"{given[0]} and {given[1]} each set the size: give one of them")
        if self.keep is not None:
            check_keep(self.keep)
        if self.features is not None and self.keep is not None:
            raise RiskModelError("keep and features each set the size: give one of them")
        if self.leaves is not None and self.leaves < 1:
            raise RiskModelError(f"leaves must be at least 1, however: {self.leaves}")
        if self.budget is not None and self.budget[1] < 1:
            raise RiskModelError(f"{self.budget[0]} must be at least 1, however: {self.budget[1]}")
        if not 0 < self.margin < 1:
            raise RiskModelError(f"margin must be in (0, 1), however: {self.margin:g}")

    @property
    def budget(self) -> tuple[str, int] | None:
        """What is counted, and how many there may be; leaves are a share, not a budget to search for."""
        named = ((name, getattr(self, name)) for name in SIZES[2:])
        return next(((name, most) for name, most in named if most is not None), None)

    def of_features(self, pruned: bool, whole: int) -> Size:
        """The same with a number of features as their share; `pruned` is whether features are what goes.

        Raises: RiskModelError for a count of features where leaves go, or of leaves where features go.
        """
        if self.features is None:
            if pruned and self.leaves is not None:
                raise RiskModelError("a method that prunes features must be given keep or a margin, however: leaves")
            return self
        if not pruned:
            raise RiskModelError(f"keep must be in (0, 1], however: {self.features}")
        if not 1 <= self.features <= whole:
            raise RiskModelError(f"keep must be a share or 1 to {whole} features, however: {self.features}")
        return replace(self, features=None, keep=self.features / whole)

    def share(self, whole: int) -> float | None:
        """The share of so many leaves that stays; None where a budget or the margin decides. Raises: RiskModelError."""
        if self.leaves is None:
            return self.keep
        if not 1 <= self.leaves <= whole:
            raise RiskModelError(f"leaves must be in 1 to {whole}, which the model has, however: {self.leaves}")
        return self.leaves / whole


def largest(budget: tuple[str, int], whole: int, cuts: Sizes, count: Callable[[Scorer, str], int]) -> float:
    """The largest share of `whole` leaves whose cut has at most as many as the budget says, to within a seventh.

    Raises: RiskModelError where even the smallest cut has more.
    """
    unit, most = budget
    shares = [share for share in SEARCHED if share * whole >= 2] or [1.0]
    counts: list[int] = []
    for scorer in cuts(shares):
        counts.append(count(scorer, unit))
        if counts[-1] <= most:
            break
    else:
        raise RiskModelError(f"{unit} must be at least {min(counts)}, the fewest that pruning reaches, however: {most}")
    if len(counts) == 1:
        return shares[0]
    best, next_one = shares[len(counts) - 1], shares[len(counts) - 2]
    closer = [float(f"{share:.3g}") for share in np.linspace(next_one, best, CLOSER + 2)[1:-1]]
    fitting = (share for share, scorer in zip(closer, cuts(closer), strict=True) if count(scorer, unit) <= most)
    return next(fitting, best)
