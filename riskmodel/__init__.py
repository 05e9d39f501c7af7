"""riskmodel makes credit-risk models smaller, and proves that they are no worse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskmodel.workflows.prune.in_memory import prune_trees

__all__ = ["prune_trees"]


def __getattr__(name: str) -> Any:
    """Loads `prune_trees` when it is asked for, so that `import riskmodel` loads no library."""
    if name != "prune_trees":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from riskmodel.workflows.prune.in_memory import prune_trees  # noqa: PLC0415

    return prune_trees
