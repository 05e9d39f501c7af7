"""A scorer of two stages: some columns are asked for only where the others leave the decision open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from riskmodel.core.sample import Mask, Matrix
from riskmodel.core.scorer import Scorer


@runtime_checkable
class HasStages(Protocol):
    """`cheap` decides where it is certain, `full` the rest, which is `bought_share` of the applications."""

    @property
    def cheap(self) -> Scorer: ...

    @property
    def full(self) -> Scorer: ...

    @property
    def bought_share(self) -> float: ...

    def buying(self, share: float) -> Scorer:
        """The same, priced as if the second stage is asked of this share."""

    @property
    def bought(self) -> Sequence[str]:
        """The columns of a table that are read in the second stage alone."""

    def in_band(self, matrix: Matrix) -> Mask:
        """Rows (n) that the second stage answers."""

    def undecided(self, matrix: Matrix) -> Mask:
        """Rows (n) that the first stage leaves open while no column of the second is there."""


def why_undecided(scorer: HasStages) -> str:
    """What is said of such a row."""
    return f"the cascade leaves it open: must have a value of {', '.join(scorer.bought)}"
