"""What a cut is: decided and written down as a plan, then taken; and what led to a variant."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from riskmodel.core.arguments import check_number
from riskmodel.core.sample import Column, Development, Vector
from riskmodel.core.scorer import Scorer, canonical
from riskmodel.core.teacher import TeacherBlend
from riskmodel.errors import PlanMismatch, RiskModelError


@dataclass(frozen=True)
class Ranking:
    """The units of a scorer, what each is worth and what each costs."""

    units: tuple[str, ...]
    importance: Vector  # the most important stay
    cost: Vector  # in the unit of `keep`: leaves, features, neurons, weights

    def strongest(self, keep: float) -> tuple[int, ...]:
        """The most important units that fit in the share of the cost, in their original order; never none."""
        order = np.argsort(-self.importance, kind="stable")
        fits = np.cumsum(self.cost[order]) <= keep * self.cost.sum() * (1 + 1e-12)
        count = max(1, int(np.argmin(fits)) if not fits.all() else len(fits))
        return tuple(sorted(int(i) for i in order[:count]))


@dataclass(frozen=True)
class Decision:
    """Which units stay at one share; `values` are what the kept units are set to, where a pruner sets them.

    `by` is the pruner whose decision it is, where one asks others; the plan bears that one's name.
    """

    units: tuple[str, ...]
    importance: Vector
    kept: tuple[int, ...]
    values: tuple[float, ...] = ()
    steps: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    by: Pruner | None = None


@dataclass(frozen=True)
class PruningPlan:
    """What stays, what goes and why: written down before the cut, and bound to one scorer by its hash."""

    pruner: str
    options: Mapping[str, Any]
    unit: str  # what is cut: tree, node, feature, neuron, weight
    keep: float  # the share of the cost asked for
    units: tuple[str, ...]
    importance: tuple[float, ...]
    kept: tuple[int, ...]
    scorer_sha256: str
    values: tuple[float, ...] = ()  # what the kept units are set to; empty where they stay as they are
    steps: tuple[int, ...] = ()  # when each unit goes, from 1, and 0 if it stays; empty where all go at once
    reasons: tuple[str, ...] = ()  # why each unit goes, "" if it stays; empty where its importance says so
    teacher: TeacherBlend | None = None  # whose PDs are learnt; None: the scorer's own, or none

    @property
    def dropped(self) -> tuple[int, ...]:
        kept = set(self.kept)
        return tuple(i for i in range(len(self.units)) if i not in kept)

    def to_json(self) -> bytes:
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> PruningPlan:
        data = json.loads(text)
        names = ("units", "importance", "kept", "values", "steps", "reasons")
        sequences = {name: tuple(data.get(name, ())) for name in names}
        options = {name: tuple(v) if isinstance(v, list) else v for name, v in data["options"].items()}
        blend = data.get("teacher") and TeacherBlend.from_facts(data["teacher"])
        return cls(**{**data, **sequences, "options": options, "teacher": blend or None})


class Pruner(ABC):
    """Decides what a scorer can lose (`plan`), then takes it away (`apply`); never in place.

    A subclass is a frozen dataclass: its fields are the options of the run's TOML.
    """

    unit: ClassVar[str]
    same_kind: ClassVar[bool] = True  # whether what comes of a scorer is of its kind
    same_columns: ClassVar[bool] = True  # whether it has the same columns, read or not
    share_of: ClassVar[str] = "size"  # what keep is a share of; "nothing" where it is ignored
    needs_dates: ClassVar[bool] = False  # whether data.time must be named
    learns: ClassVar[bool] = False  # whether it learns PDs: those of a teacher, where there is one

    def check_features(self, features: Sequence[Column]) -> None:  # noqa: B027 - most have no such option
        """Whether the options fit the features of a run, before anything is fitted. Raises: RiskModelError."""

    @abstractmethod
    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """One decision a share, the scorer only read. Raises: UnsupportedScorer."""

    @abstractmethod
    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        """A new scorer of the kept units, recovered (refit, fine-tuned) as the pruner sees fit."""

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def plan(self, scorer: Scorer, development: Development, keep: float) -> PruningPlan:
        """What would stay at this share."""
        return self.plans(scorer, development, [keep])[0]

    def plans(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> tuple[PruningPlan, ...]:
        """One plan a share; what can be shared between them is worked out once."""
        for keep in keeps:
            check_keep(keep)
        decisions = self.decide(scorer, development, keeps)
        blend = development.taught.blend if self.learns and development.taught else None
        written = ((d.by or self)._written(d, keep, scorer.sha256) for keep, d in zip(keeps, decisions, strict=True))
        return tuple(replace(plan, teacher=blend) for plan in written)

    def _written(self, d: Decision, keep: float, sha256: str) -> PruningPlan:
        options = asdict(self)  # type: ignore[call-overload]
        importance = _short(d.importance)
        of_units = (d.units, importance, d.kept, sha256, d.values, d.steps, d.reasons)
        return PruningPlan(self.name, options, self.unit, keep, *of_units)

    def apply(self, plan: PruningPlan, scorer: Scorer, development: Development) -> Scorer:
        """The scorer without what the plan drops. Raises: PlanMismatch for another scorer's plan or teacher."""
        if plan.scorer_sha256 != scorer.sha256:
            raise PlanMismatch(
                f"the plan is for scorer {plan.scorer_sha256[:12]}, however: this scorer is {scorer.sha256[:12]}"
            )
        if plan.teacher is not None and (development.taught is None or development.taught.blend != plan.teacher):
            names = ", ".join(plan.teacher.scorers)
            raise PlanMismatch(f"the plan is of the teacher {names}, however: the development has not this one")
        return self.cut(scorer, plan, development)


class RankingPruner(Pruner):
    """A pruner whose units have one order: a smaller share keeps a subset."""

    @abstractmethod
    def rank(self, scorer: Scorer, development: Development) -> Ranking:
        """The units, what each is worth and what it costs. Raises: UnsupportedScorer."""

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        ranking = self.rank(scorer, development)
        return [Decision(ranking.units, ranking.importance, ranking.strongest(keep)) for keep in keeps]


def _short(importance: Vector) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in importance)


def check_keep(keep: float) -> None:
    """Raises: RiskModelError unless 0 < keep <= 1."""
    check_number("keep", keep)
    if not 0 < keep <= 1:
        raise RiskModelError(f"keep must be in (0, 1], however: {keep:g}")


class Compressor(ABC):
    """The same scores within `tolerance`, in fewer bytes or microseconds."""

    tolerance: float  # largest allowed change of a PD
    saves: ClassVar[str] = "bytes"  # or "time": what it is for

    @abstractmethod
    def compress(self, scorer: Scorer) -> Scorer:
        """A new scorer. Raises: UnsupportedScorer."""

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]


@dataclass(frozen=True)
class Variant:
    """A scorer and the plans that led to it, oldest first."""

    name: str
    family: str  # the name of the unpruned scorer that it comes from
    scorer: Scorer
    plans: tuple[PruningPlan, ...] = ()
    steps: tuple[str, ...] = ()  # the pruner or compressor of each
    keep: float = 1.0
    settings: tuple[Mapping[str, Any], ...] = ()  # of each step, as its TOML gives them
