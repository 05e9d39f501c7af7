"""Opens a model for a review: a bundle, or a LightGBM or XGBoost file that somebody else trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from riskmodel import bundle, scorers, tracking
from riskmodel.core import Policy, Reference, RowSketch, Scorer
from riskmodel.errors import RiskModelError
from riskmodel.scorers import AS_SAVED, ForeignModel, ModelSettings
from riskmodel.workflows import library_parity, model_resolver


@dataclass(frozen=True, eq=False)
class ReviewedModel:
    """A scorer under a name; a foreign file has no policy, and nothing is known of its development."""

    name: str
    scorer: Scorer
    policy: Policy | None = None
    reference: Reference = Reference()  # noqa: RUF009 - frozen
    bundle: bundle.Bundle | None = None
    development_rows: RowSketch | None = None
    foreign: ForeignModel | None = None
    settings: ModelSettings = AS_SAVED  # what the foreign file lost


def opened(path: Path, store: str | None = None, settings: ModelSettings = AS_SAVED) -> ReviewedModel:
    """A bundle is verified whole, a foreign file is read by our own readers; `store` is the MLflow store of an address.

    Raises: RiskModelError.
    """
    if not (path.is_dir() or tracking.is_address(path)):
        foreign = library_parity.opened(path, settings)
        return ReviewedModel(path.name, foreign.scorer, foreign=foreign, settings=settings)
    if settings != AS_SAVED:
        raise RiskModelError(f"{path}: a bundle lost nothing, however: options for a model file are given for it")
    saved = model_resolver.opened(path, store)
    scorer = scorers.unpacked(saved)
    name = str(saved.lineage.get("variant", path.name))
    return ReviewedModel(name, scorer, saved.policy, saved.reference, saved, saved.development_rows)
