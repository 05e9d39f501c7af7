"""What a report rests on: the hashes of data, TOML, code and environment, and the releases of the libraries."""

from __future__ import annotations

import hashlib
from pathlib import Path

from riskmodel.core.releases import release_of
from riskmodel.core.scorer import canonical

LIBRARIES = ("lightgbm", "xgboost", "scikit-learn", "numpy", "scipy", "pandas", "pyarrow", "shap", "mlflow")


def code_sha256() -> str:
    """The hash of the package's own modules."""
    root = Path(__file__).parents[1]
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
