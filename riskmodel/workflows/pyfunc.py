"""The door through which MLflow opens a bundle.

MLflow models name this module and its `_load_pyfunc`: they are part of a format, and cannot be renamed. MLflow itself
is not imported here.
"""

from __future__ import annotations

from pathlib import Path

from riskmodel import bundle
from riskmodel.batch import Chunk, Predictor


def _load_pyfunc(path: str) -> Predictor:
    """What MLflow calls with the folder of the bundle, which is verified whole. Raises: BundleError."""
    saved = bundle.read(Path(path))
    return Predictor(Chunk.from_bundle(saved), saved.lineage.get("id"))
