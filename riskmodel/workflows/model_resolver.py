"""What names a saved model on the command line: the folder of a bundle, or an address in MLflow."""

from __future__ import annotations

from pathlib import Path

from riskmodel import bundle, tracking
from riskmodel.bundle import Bundle, signature
from riskmodel.errors import RiskModelError


def opened(model: str | Path, store: str | None = None, key: Path | None = None) -> Bundle:
    """The bundle that is named, verified whole; `store` is the MLflow store of an address, None for the default one.

    With a public `key`, its holder must have signed it. Raises: RiskModelError.
    """
    if not isinstance(model, str | Path):
        raise RiskModelError(f"a model must be a folder or an address, however: {type(model).__name__}")
    if tracking.is_address(model):
        saved = tracking.read(str(model), store or tracking.DEFAULT_URI)
    else:
        saved = bundle.read(Path(model))
    if key is not None:
        signature.check(saved, key)
    return saved
