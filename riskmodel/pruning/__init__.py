"""Pruners, one a module: the file name is the name in the TOML and on the command line.

A module here defines one `Pruner`; it is found because it lies in this folder, and imported only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from riskmodel import registry
from riskmodel.core import Development, Pruner, PruningPlan

RIVALS = ("prefix", "retrain")  # what a clever cut must beat: the first trees, and a smaller model trained afresh
FORMER = {  # names that scripts and TOMLs of before 0.2 still use
    "hierarchy": "group_lasso",
    "levels": "level_scaling",
    "order": "max_interaction",
    "sharing": "value_quantisation",
    "student": "surrogate_network",
    "simplest": "surrogate_scorecard",
}


def names() -> list[str]:
    """The pruners there are."""
    return registry.PRUNERS.names()


def make(name: str, options: Mapping[str, Any] | None = None, where: str = "options") -> Pruner:
    """A pruner with its options, by its name or its former one. Raises: ConfigError for an unknown name or option."""
    return registry.PRUNERS.make(FORMER.get(name, name), Pruner, options, where)


def remaining(development: Development, plans: Iterable[PruningPlan]) -> Development:
    """What later steps learn from: without the rows that these plans drop. Raises: PlanMismatch for other rows."""
    from riskmodel.pruning.algorithms.rows import subset  # noqa: PLC0415 - the command line needs the names alone

    return subset.remaining(development, plans)
