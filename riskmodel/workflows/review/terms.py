"""By whose rules a change is judged: the reviewer's policy file, else the champion's bundle, else by convention."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from riskmodel import config
from riskmodel.config import Margins, ReviewPolicy
from riskmodel.core import Policy, Vector
from riskmodel.review.evidence.subject import CutoffSource, MarginSource, Terms
from riskmodel.stats import weighted
from riskmodel.workflows.review.model import ReviewedModel

APPROVED = 0.8  # convention: the share that the champion approves, where no policy says
GRADES = 10  # of equal counts by the champion's PD, likewise


@dataclass(frozen=True)
class Rules:
    """Margins, cutoff and grades, each with where it comes from."""

    margins: Margins
    cutoff: float
    grade_edges: tuple[float, ...]
    terms: Terms


def rules(  # noqa: PLR0917
    champion: ReviewedModel,
    challenger: ReviewedModel,
    scored: Vector,
    policy: Path | None,
    cutoff: float | None,
    weight: Vector | None = None,
) -> Rules:
    """What stands: --cutoff before --policy before the champion's bundle before the PDs that it gave (n, by weight).

    Outcomes play no part. Raises: ConfigError for a policy file that is none.
    """
    asked = config.read_policy(policy) if policy else ReviewPolicy()
    margins, margin_source = _margins(asked, champion)
    given = asked.cutoff if cutoff is None else cutoff
    own = champion.policy or _by_convention(scored, weight)
    source = CutoffSource.GIVEN if given else CutoffSource.POLICY if champion.policy else CutoffSource.SAMPLE
    theirs = challenger.policy.cutoff if challenger.policy else None
    return Rules(
        margins,
        own.cutoff if given is None else given,
        tuple(asked.grade_edges or own.grade_edges),
        Terms(source, margin_source, theirs),
    )


def _margins(asked: ReviewPolicy, champion: ReviewedModel) -> tuple[Margins, MarginSource]:
    if asked.margins is not None:
        return asked.margins, MarginSource.REVIEWER
    written = champion.bundle.lineage.get("margins") if champion.bundle else None
    if written is not None:
        return Margins.model_validate(dict(written)), MarginSource.BUNDLE
    return Margins(), MarginSource.CONVENTION


def _by_convention(scored: Vector, weight: Vector | None) -> Policy:
    edges = np.unique(weighted.quantile(scored, np.arange(1, GRADES) / GRADES, weight))
    cutoff = float(weighted.quantile(scored, APPROVED, weight))
    return Policy(cutoff, cutoff, tuple(edges.tolist()))
