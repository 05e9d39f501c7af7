"""What every pruner of rows does: train keeps a share of its rows, and the same recipe is fitted on these alone.

Tune, which stops, ranks and recalibrates, keeps all of its rows, as selection and test do. What is measured to choose
rows is measured on train; what that is worth is judged on selection like any other cut.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from riskmodel.core import Decision, Development, Pruner, PruningPlan, Sample, Scorer, Vector
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.rows.hashes import row_hashes
from riskmodel.pruning.algorithms.rows.subset import reduced

LEAST = 20  # bads, and goods, of the rows that are kept


@dataclass(frozen=True)
class RowOrder:
    """In which order rows of train stay."""

    importance: Vector  # n; the largest stay
    reason: Sequence[str] | str  # why a row would go: of each (n), or of all
    least: int = 0  # so many stay, whatever keep says
    most: int | None = None  # no more than so many stay, whatever keep says


@dataclass(frozen=True)
class RowPruner(Pruner):
    """Keeps `keep` of train's rows; the recipe is fitted afresh on them. Smaller shares keep subsets of larger ones."""

    unit = "row"
    share_of = "rows"

    seed: int = 0
    least_bads: Annotated[int, Field(ge=1)] = LEAST  # as many goods, too

    @abstractmethod
    def order(self, scorer: Scorer, development: Development) -> RowOrder:
        """In which order the rows of train stay."""

    def weights(self, train: Sample, order: RowOrder, kept: NDArray[np.intp]) -> Vector | None:  # noqa: ARG002
        """For how many rows each kept one stands; None leaves the weights that they have."""
        return None

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        train, order = development.train, self.order(scorer, development)
        units = row_hashes(train)
        return [self._decision(train, units, order, keep) for keep in keeps]

    def _decision(self, train: Sample, units: tuple[str, ...], order: RowOrder, keep: float) -> Decision:
        count = max(int(keep * len(train) * (1 + 1e-12)), order.least, 1)
        count = min(count, len(train) if order.most is None else order.most)
        kept = np.sort(np.argsort(-order.importance, kind="stable")[:count])
        self._check(train, kept, keep)
        weights = self.weights(train, order, kept)
        values = () if weights is None else tuple(weights.tolist())
        stays = np.zeros(len(train), np.bool_)
        stays[kept] = True
        reasons_by_row = [order.reason] * len(train) if isinstance(order.reason, str) else order.reason
        reasons = tuple("" if stay else why for stay, why in zip(stays.tolist(), reasons_by_row, strict=True))
        return Decision(units, order.importance, tuple(kept.tolist()), values, reasons=reasons)

    def _check(self, train: Sample, kept: NDArray[np.intp], keep: float) -> None:
        bads = int(train.default[kept].sum())
        if min(bads, len(kept) - bads) < self.least_bads:
            raise RiskModelError(
                f"{self.name}: keep must leave at least {self.least_bads} bads and as many goods (least_bads), "
                f"however: {keep:g} of {len(train)} rows leaves {bads} and {len(kept) - bads}"
            )

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        if not plan.dropped and not plan.values:
            return scorer
        return scorer.refit(reduced(development, plan), scorer.features)
