"""`[cascade]`: what is bought for the undecided alone, and by what the cascade is judged."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from riskmodel.config._strict import Share, Strict
from riskmodel.config.margins import Ratio

SLACK = 2.0  # convention: so many times what the band is set to, that other rows can show it


class DecisionMargins(Strict):
    """How far decisions may be others, and the bad rate of the approved worse, and still count as no worse."""

    decisions: Share | None = None  # share of all; twice `differ` where it is not named
    approved_bad_rate: Ratio = 1.05  # ratio to the champion's

    def fixed(self, differ: float) -> DecisionMargins:
        """With a figure for the decisions, where the band is set to `differ`."""
        own = min(SLACK * differ, 0.999) if self.decisions is None else self.decisions
        return self.model_copy(update={"decisions": own})


class CascadeRule(Strict):
    """A variant in which a scorer of the run is asked where it, fitted without what is bought, is not certain."""

    full: str | None = None  # the scorer; the champion where it is not named
    buy: list[str] = []  # vendors, or features with a price of their own; none named: all that is charged
    differ: Share = 0.01  # the most decisions unlike the full scorer's, as a share of all
    alpha: Share = 0.05  # probability that more of them differ
    judged_by: Literal["decisions", "scores"] = "decisions"  # or AUC, Brier score, log-loss and mean PD, as any variant
    margins: DecisionMargins = DecisionMargins()

    @model_validator(mode="after")
    def _margins_agree(self) -> Self:
        own = self.margins.decisions
        if self.judged_by == "scores" and "margins" in self.model_fields_set:
            raise ValueError('margins are for judged_by = "decisions", however: it is "scores"')
        if own is not None and own <= self.differ:
            raise ValueError(f"margins.decisions must be above differ = {self.differ:g}, however: {own:g}")
        return self

    @property
    def fixed_margins(self) -> DecisionMargins | None:
        """Those of the decisions, as figures; None where scores decide."""
        return self.margins.fixed(self.differ) if self.judged_by == "decisions" else None
