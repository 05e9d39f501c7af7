"""Which features may go: what must stay and what must go, by name, and how many a share leaves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Column, Decision, Vector, check_keep
from riskmodel.errors import RiskModelError


@dataclass(frozen=True)
class FeatureLists:
    """The features of a scorer by place: what must stay, what must go, and what is free."""

    names: tuple[str, ...]
    must_keep: tuple[int, ...]
    must_drop: tuple[int, ...]

    @property
    def free(self) -> tuple[int, ...]:
        """Those that may go, or stay."""
        fixed = {*self.must_keep, *self.must_drop}
        return tuple(place for place in range(len(self.names)) if place not in fixed)

    def count(self, keep: float) -> int:
        """How many features stay at a share, one at least; 15 at 15 / 22 of 22, though the product is a bit below.

        Raises: RiskModelError where `must_keep` names more and something is to go.
        """
        check_keep(keep)
        count = max(1, int(keep * len(self.names) * (1 + 1e-12)))
        if keep < 1 and count < len(self.must_keep):
            raise RiskModelError(
                f"keep must leave the {len(self.must_keep)} features of must_keep, however: {keep:g} leaves {count}"
            )
        return count

    def decision(self, keep: float, going: Sequence[int]) -> Decision:
        """What stays at a share of the features; `going` has the free ones, first those that go first.

        Raises: RiskModelError as `count` does.
        """
        rank = np.zeros(len(self.names))
        rank[list(going)] = np.arange(1, len(going) + 1)
        rank[list(self.must_keep)] = len(going) + 1
        free = [*going[::-1]][: max(0, self.count(keep) - len(self.must_keep))]
        return Decision(self.names, rank, tuple(sorted((*self.must_keep, *free))))


def feature_lists(
    features: Sequence[Column], must_keep: Collection[str], must_drop: Collection[str], keeps: Sequence[float]
) -> FeatureLists:
    """The lists by place.

    Raises: RiskModelError for a name that the scorer does not have or that is in both, and where nothing could go
    though a share asks for it, or nothing would be left.
    """
    names = tuple(column.name for column in features)
    for option, wanted in (("must_keep", must_keep), ("must_drop", must_drop)):
        if unknown := sorted(set(wanted) - set(names)):
            few = ", ".join(map(repr, unknown)) + (" is none" if len(unknown) == 1 else " are none")
            raise RiskModelError(f"{option} must name features of the model, however: {few}")
    if both := sorted(set(must_keep) & set(must_drop)):
        raise RiskModelError(f"a feature must stay or go, however: {both[0]!r} is in must_keep and in must_drop")
    if set(must_drop) == set(names):
        raise RiskModelError(f"must_drop must leave a feature, however: it names all {len(names)}")
    if set(must_keep) == set(names) and min(keeps, default=1) < 1:
        raise RiskModelError(f"must_keep must leave a feature that can go, however: it names all {len(names)}")
    keep, drop = (tuple(i for i, name in enumerate(names) if name in wanted) for wanted in (must_keep, must_drop))
    return FeatureLists(names, keep, drop)


def prices(features: Sequence[Column], cost_weight: float) -> Vector:
    """1 + cost_weight * what each feature costs an application: what its worth is divided by."""
    return 1 + cost_weight * np.array([column.cost for column in features])
