"""What a run writes down of itself: hashes, seeds, machine, durations."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from riskmodel.core import canonical
from riskmodel.core.releases import release_of

LIBRARIES = ("lightgbm", "xgboost", "scikit-learn", "numpy", "scipy", "pandas", "pyarrow", "shap", "mlflow")


def code_sha256() -> str:
    """The hash of the package's own modules."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """The releases of the libraries that decide."""
    return {"riskmodel": release_of("riskmodel"), **{name: release_of(name) for name in LIBRARIES}}


def hashes(data_sha256: str, toml_sha256: str) -> dict[str, str]:
    """Data, TOML, code, environment."""
    environment = hashlib.sha256(canonical(versions())).hexdigest()
    return {"data": data_sha256, "toml": toml_sha256, "code": code_sha256(), "environment": environment}


def rounded(seconds: dict[str, float]) -> dict[str, Any]:
    """Durations by stage, and their sum."""
    return {**seconds, "total": round(sum(seconds.values()), 3)}
