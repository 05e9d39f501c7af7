"""What a scorer costs, the same on every machine: work, leaves, bytes, features, their price, explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from riskmodel.core import Column, HasStages, Interval, Scorer, Study
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


def price(scorer: Scorer) -> float:
    """What the features that it uses are charged an application, each vendor and each column once.

    Of a scorer of two stages, on the mean over applications.
    """
    return _price(scorer, scorer.bought_share if isinstance(scorer, HasStages) else 1.0)


def _price(scorer: Scorer, bought_share: float) -> float:
    if not isinstance(scorer, HasStages):
        return price_of(used_columns(scorer))
    first, both = used_columns(scorer.cheap), (*used_columns(scorer.cheap), *used_columns(scorer.full))
    return price_of(first) + bought_share * (price_of(both) - price_of(first))


def price_of(columns: Iterable[Column]) -> float:
    """The sum of what the calls are charged that bring these columns."""
    return float(sum({column.charged_as: column.cost for column in columns}.values()))


@dataclass(frozen=True)
class Call:
    """What is charged once an application, and the columns that it brings."""

    price: float
    features: tuple[str, ...]


def calls(columns: Iterable[Column]) -> dict[str, Call]:
    """All that is charged, by vendor or else by column, in the order of the columns."""
    made: dict[str, Call] = {}
    for column in columns:
        if column.cost or column.vendor:
            name = column.vendor or column.read_from
            known = made[name].features if name in made else ()
            made[name] = Call(column.cost, tuple(dict.fromkeys((*known, column.read_from))))
    return made


@dataclass(frozen=True)
class FeaturePrice:
    """What the features of a variant are charged; what is of a year is None where nobody says how many apply in one.

    `range` is the 95 % interval of what an application is charged, by the share of selection that is bought for.
    """

    an_application: float
    a_year: float | None
    range: Interval | None = None  # of two stages alone: of one the price is exact
    saving: Interval | None = None  # against the champion
    saving_a_year: Interval | None = None


def priced(study: Study, name: str) -> FeaturePrice | None:
    """What a variant's features are charged; None where no feature of the run has a price."""
    if not any(column.cost for one in study.variants.values() for column in one.scorer.features):
        return None
    applications = study.run.get("policy", {}).get("applications_per_year")
    scorer, side = study.variants[name].scorer, study.side_figures.get(name)
    if side is None or side.bought is None:
        own = price(scorer)
        return FeaturePrice(own, None if applications is None else own * applications)
    charged = Interval(*(_price(scorer, share) for share in (side.bought.value, side.bought.low, side.bought.high)))
    alone = price(study.variants[study.trade_off.champion].scorer)
    saving = Interval(alone - charged.value, alone - charged.high, alone - charged.low)
    year = (
        None if applications is None else Interval(*(applications * x for x in (saving.value, saving.low, saving.high)))
    )
    a_year = None if applications is None else charged.value * applications
    return FeaturePrice(charged.value, a_year, charged, saving, year)


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
    "feature_cost": price,
    "explanation": explanation,
}
