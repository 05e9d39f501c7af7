"""riskmodel makes credit-risk models smaller, and proves that they are no worse."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskmodel.workflows.decide import load
    from riskmodel.workflows.prune.in_memory import prune_trees

__all__ = ["load", "prune_trees"]

_PLACES = {"load": "riskmodel.workflows.decide", "prune_trees": "riskmodel.workflows.prune.in_memory"}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is asked for, so that `import riskmodel` loads no library."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
