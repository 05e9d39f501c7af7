"""What a scorer costs, the same on every machine: work, leaves, bytes, features, their price, explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from riskmodel.core import Column, Scorer
from riskmodel.explanation.attributions import HasContributions
from riskmodel.trees import HasTrees, Tree


@runtime_checkable
class HasMembers(Protocol):
    """A scorer made of others."""

    @property
    def members(self) -> Sequence[Scorer]: ...


def costs(unit: str, scorers: Mapping[str, Scorer]) -> dict[str, float]:
    """The cost of each scorer in one unit; a kind that has nothing of it (a network has no leaves) is left out."""
    made = {name: COSTS[unit](scorer) for name, scorer in scorers.items()}
    return {name: value for name, value in made.items() if value is not None}


def _leaves(scorer: Scorer) -> float | None:
    return float(scorer.complexity().leaves) or None


def _feature_cost(scorer: Scorer) -> float:
    """What the vendors of its columns charge an application; two features of one column are charged once."""
    charged = {column.read_from: column.cost for column in used_columns(scorer)}
    return float(sum(charged.values()))


def used_columns(scorer: Scorer) -> tuple[Column, ...]:
    """The columns that some split of a tree model asks for; of any other scorer all that it has."""
    if isinstance(scorer, HasTrees):
        return tuple(scorer.features[place] for place in scorer.ensemble.used_features)
    return scorer.features


def explanation(scorer: Scorer) -> float:
    """Operations of the attributions of one row.

    Of a tree with L leaves and depth D: L D^2 (TreeSHAP, Lundberg et al. 2020). Of a blend those of its members, of a
    scorecard its scoring: the points are the attributions. Of any other scorer one more scoring a feature: each feature
    in turn is set to what is usual.
    """
    if isinstance(scorer, HasTrees):
        return float(sum(_shap(tree) for tree in scorer.ensemble.trees))
    if isinstance(scorer, HasContributions):
        members = scorer.members if isinstance(scorer, HasMembers) else ()
        return sum(map(explanation, members)) or scorer.complexity().work
    return scorer.complexity().work * (1 + len(scorer.features))


def _shap(tree: Tree) -> float:
    return int(tree.is_leaf.sum()) * float(tree.depth.max() + 1) ** 2


COSTS: Mapping[str, Callable[[Scorer], float | None]] = {
    "work": lambda scorer: scorer.complexity().work,
    "leaves": _leaves,
    "bytes": lambda scorer: float(scorer.complexity().bytes),
    "features": lambda scorer: float(scorer.complexity().features),
    "feature_cost": _feature_cost,
    "explanation": explanation,
}
