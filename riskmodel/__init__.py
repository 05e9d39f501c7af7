"""riskmodel makes credit-risk models smaller, and proves that they are no worse."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from riskmodel.api.comparison import compare
    from riskmodel.api.estimators.non_inferiority import NonInferiority
    from riskmodel.api.estimators.pruned import PrunedClassifier
    from riskmodel.api.estimators.scorecard import ScorecardClassifier
    from riskmodel.api.estimators.shap_eliminator import ShapEliminator
    from riskmodel.api.learning import prune_pd
    from riskmodel.api.model import load
    from riskmodel.api.months import widen
    from riskmodel.api.proposal import propose
    from riskmodel.api.pruning import prune
    from riskmodel.api.reviewing import review
    from riskmodel.api.rows import learning_curve
    from riskmodel.api.training import train
    from riskmodel.workflows.prune.in_memory import prune_trees
    from riskmodel.workflows.prune.network_in_memory import prune_network

__all__ = [
    "NonInferiority",
    "PrunedClassifier",
    "ScorecardClassifier",
    "ShapEliminator",
    "__version__",
    "compare",
    "learning_curve",
    "load",
    "propose",
    "prune",
    "prune_network",
    "prune_pd",
    "prune_trees",
    "review",
    "train",
    "widen",
]

_PLACES = {
    "NonInferiority": "riskmodel.api.estimators.non_inferiority",
    "PrunedClassifier": "riskmodel.api.estimators.pruned",
    "ScorecardClassifier": "riskmodel.api.estimators.scorecard",
    "ShapEliminator": "riskmodel.api.estimators.shap_eliminator",
    "compare": "riskmodel.api.comparison",
    "learning_curve": "riskmodel.api.rows",
    "load": "riskmodel.api.model",
    "propose": "riskmodel.api.proposal",
    "prune": "riskmodel.api.pruning",
    "prune_network": "riskmodel.workflows.prune.network_in_memory",
    "prune_pd": "riskmodel.api.learning",
    "prune_trees": "riskmodel.workflows.prune.in_memory",
    "review": "riskmodel.review",  # a room and a function: the room is callable
    "train": "riskmodel.api.training",
    "widen": "riskmodel.api.months",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())  # who listens decides what is shown


def __getattr__(name: str) -> Any:
    """Loads a public name when it is asked for, so that `import riskmodel` loads no library."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        return version(__name__)
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_PLACES[name])
    return module if name == "review" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
