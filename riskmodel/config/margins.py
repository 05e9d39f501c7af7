"""`[margins]`: how much worse a challenger may be and still count as no worse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from riskmodel.config._strict import Share, Strict

Ratio = Annotated[float, Field(gt=1, le=10)]
SHARES = {"auc": 0.02, "brier": 0.05, "log_loss": 0.05}  # conventions: about .005 of AUC at an AUC of .75


class RareFaults(Strict):
    """Which faults in a handful of rows the bounds hold for too.

    "bounded": any, also one that strikes bads alone. "blind to the outcome": one that strikes bads no more often than
    other applications, so that every application whose scores are at hand counts. "assumed absent": none.
    """

    rare_faults: Literal["bounded", "blind to the outcome", "assumed absent"] = "bounded"
    rare_faults_reason: str = ""

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if self.rare_faults != "bounded" and not self.rare_faults_reason.strip():
            raise ValueError(f'must give rare_faults_reason where rare_faults is "{self.rare_faults}", however: none')
        return self


class Margins(RareFaults):
    """How much worse a challenger may be and still count as no worse; `mean_pd` is a ratio of means."""

    auc: Share = 0.005
    brier: Share = 0.002
    log_loss: Share = 0.005
    mean_pd: Ratio = 1.1


class MarginRule(RareFaults):
    """The margins of a run: each a figure, or else a share of the champion's skill, fixed on the tune sample.

    Skill is AUC less .5, and Brier score and log-loss below those of the base rate: so a margin means as much at 1 %
    bads as at 20 %.
    """

    auc: Share | None = None
    brier: Share | None = None
    log_loss: Share | None = None
    mean_pd: Ratio = 1.1
    auc_share: Share | None = None
    brier_share: Share | None = None
    log_loss_share: Share | None = None

    @model_validator(mode="after")
    def _one_a_figure(self) -> Self:
        for name in SHARES:
            if getattr(self, name) is not None and getattr(self, f"{name}_share") is not None:
                raise ValueError(f"{name} and {name}_share each set one margin: give one of them")
        return self

    def share(self, name: str) -> float:
        """The share of the champion's skill in this figure, where the margin is none by itself."""
        own = getattr(self, f"{name}_share")
        return SHARES[name] if own is None else float(own)

    def fixed(self, skill: Mapping[str, float]) -> Margins:
        """The margins as figures; `skill` is the champion's, by auc, brier and log_loss."""
        own = {name: getattr(self, name) for name in skill}
        shares = {name: max(self.share(name) * skill[name], 1e-6) for name in skill}
        return Margins(
            mean_pd=self.mean_pd,
            rare_faults=self.rare_faults,
            rare_faults_reason=self.rare_faults_reason,
            **{name: own[name] or shares[name] for name in skill},
        )
