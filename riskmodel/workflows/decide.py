"""Open a saved model for decisions on one application at a time."""

from __future__ import annotations

from pathlib import Path

from riskmodel.serving import DecisionModel
from riskmodel.workflows import model_resolver


def load(model: str | Path, store: str | None = None, key: Path | None = None) -> DecisionModel:
    """A saved model that decides one application at a time.

    `model` is a bundle's folder or an address in the MLflow `store`, verified and compiled. With a public `key`, its
    holder must have signed it. Raises: RiskModelError.
    """
    made = DecisionModel.from_bundle(model_resolver.opened(model, store, key))
    made.warm()
    return made
