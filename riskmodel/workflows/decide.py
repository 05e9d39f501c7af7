"""Open a saved model for decisions on one application at a time."""

from __future__ import annotations

from pathlib import Path

from riskmodel.serving import DecisionModel
from riskmodel.workflows import model_resolver


def load(model: str | Path, store: str | None = None) -> DecisionModel:
    """A saved model that decides one application at a time.

    Parameters
    ----------
    model
        A bundle's folder, models:/NAME/VERSION, models:/NAME@ALIAS or runs:/RUN_ID/PATH.
    store
        URI of the MLflow store of an address; None for sqlite:///mlflow.db.

    Returns
    -------
    The model, verified whole and compiled.

    Raises
    ------
    RiskModelError
        Where there is no such model.
    BundleError
        Where it was changed or damaged, or computes otherwise here.

    Examples
    --------
    >>> riskmodel.load("models:/loans@champion").decide({"income": 2400.0, ...})  # doctest: +SKIP
    """
    made = DecisionModel.from_bundle(model_resolver.opened(model, store))
    made.warm()
    return made
