"""Where timings were taken: without it a microsecond means nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from riskmodel.core.releases import release_of

_LIBRARIES = ("lightgbm", "numpy", "onnxruntime", "pandas", "scikit-learn", "scipy", "torch", "xgboost")


def machine() -> dict[str, Any]:
    """Processor, cores, the threads that timing uses, Python and the versions of the libraries that score."""
    return {
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads": 1,
        "python": platform.python_version(),
        "libraries": {name: result for name in _LIBRARIES if (result := _version(name))},
    }


def _processor() -> str:
    """Linux tells the model in /proc/cpuinfo only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


def _version(name: str) -> str | None:
    try:
        return release_of(name)
    except PackageNotFoundError:
        return None
