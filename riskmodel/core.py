"""The words every room shares: what a sample, a scorer, a plan, a variant and a choice are.

Read this file first. It holds no algorithm, and imports nothing of ours but the errors, so nothing can form a cycle.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from riskmodel.errors import PlanMismatch, RiskModelError, TestIsSealed

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Outcome = NDArray[np.int8]
Files = Mapping[str, bytes]
Tick = Callable[[], None]

# ---------------------------------------------------------------------------------------------- data


class Role(StrEnum):
    """What a column is for."""

    ID = "id"
    TIME = "time"
    TARGET = "target"
    FEATURE = "feature"
    PROTECTED = "protected"
    AMOUNT = "amount"


class Kind(StrEnum):
    """How a column is measured."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class Column:
    """One column of a portfolio; `categories` are its levels as text, in the order of their codes."""

    name: str
    role: Role = Role.FEATURE
    kind: Kind = Kind.NUMERIC
    categories: tuple[str, ...] = ()
    monotone: int = 0
    used: bool = True  # for a protected column: whether a scorer may use it

    @property
    def is_feature(self) -> bool:
        return self.role is Role.FEATURE or (self.role is Role.PROTECTED and self.used)


@dataclass(frozen=True)
class Schema:
    """The columns of a portfolio, frozen when the train sample was read."""

    columns: tuple[Column, ...]

    @property
    def features(self) -> tuple[Column, ...]:
        """What a scorer may use, in the order of `Sample.matrix`."""
        return tuple(column for column in self.columns if column.is_feature)

    def named(self, role: Role) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.role is role)


@dataclass(frozen=True)
class Sample:
    """Applications with their outcome: one row a loan; `default` is 1 for a bad.

    `matrix` is n x features: numbers as they are, categories as their codes, missing as NaN. `rows` are positions in
    the source table. `attributes` (protected, time, amount) are for judging only: no scorer is given them.
    """

    name: str
    features: tuple[Column, ...]
    matrix: Matrix
    default: Outcome
    rows: NDArray[np.int64]
    attributes: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.default)

    def take(self, rows: NDArray[np.intp], name: str | None = None) -> Sample:
        """The given rows, in the given order."""
        attributes = {key: values[rows] for key, values in self.attributes.items()}
        name = self.name if name is None else name
        return Sample(name, self.features, self.matrix[rows], self.default[rows], self.rows[rows], attributes)

    def columns(self, features: Sequence[Column]) -> Matrix:
        """The matrix of the given features, in their order."""
        if tuple(features) == self.features:
            return self.matrix
        position = {column.name: i for i, column in enumerate(self.features)}
        return np.ascontiguousarray(self.matrix[:, [position[column.name] for column in features]])


@dataclass(frozen=True)
class Development:
    """All that fitting and pruning may see; its type is what keeps them from the rest."""

    train: Sample  # fits the scorer
    tune: Sample  # stops it early, ranks what it can lose, recalibrates it


class Sealed:
    """The test sample: it opens once, to whoever shows a choice that is already made."""

    def __init__(self, sample: Sample) -> None:
        self._sample: Sample | None = sample

    def open(self, choice: TradeOff) -> Sample:
        """The sample, once; a second call is refused.

        Raises: TestIsSealed.
        """
        if not choice.chosen or self._sample is None:
            raise TestIsSealed("the test sample opens once, after the choice is written")
        sample, self._sample = self._sample, None
        return sample


@dataclass(frozen=True)
class Split:
    """Samples with one job each, so that no figure is judged on the rows that produced it."""

    development: Development
    selection: Sample  # chooses the variant
    test: Sealed  # reported once


# ------------------------------------------------------------------------------------------- scorers


@dataclass(frozen=True)
class Calibration:
    """A straight line from the raw margin to the log-odds (Platt 1999)."""

    intercept: float = 0.0
    slope: float = 1.0

    def __call__(self, margin: Vector) -> Vector:
        return self.intercept + self.slope * margin


@dataclass(frozen=True)
class Complexity:
    """What a scorer is made of; what its kind does not have is 0."""

    features: int
    parameters: int  # numbers that were learnt
    connections: int  # of these, the ones that are not zero
    work: float  # nodes visited, or multiply-adds, a row
    bytes: int
    trees: int = 0
    nodes: int = 0
    leaves: int = 0
    neurons: int = 0
    weights: int = 0

    @property
    def active_share(self) -> float:
        return self.connections / self.parameters if self.parameters else 1.0


@dataclass(frozen=True, eq=False)
class Scorer(ABC):
    """A fitted model of the probability of default; nothing about it ever changes."""

    kind: ClassVar[str]  # its module in riskmodel/scorers

    features: tuple[Column, ...]
    calibration: Calibration

    @abstractmethod
    def raw_margin(self, matrix: Matrix) -> Vector:
        """Uncalibrated log-odds; `matrix` is n x len(features), in their order."""

    @abstractmethod
    def files(self) -> Files:
        """The scorer in its library's own format, by file name; the same scorer gives the same bytes."""

    @abstractmethod
    def complexity(self) -> Complexity:
        """What it is made of."""

    @abstractmethod
    def refit(self, seen: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:
        """The same recipe from scratch, on these features, at this share of its costly units (leaves, neurons).

        Raises: UnsupportedScorer where the recipe is unknown or has no size.
        """

    def margin(self, matrix: Matrix) -> Vector:
        """Log-odds of default."""
        return self.calibration(self.raw_margin(matrix))

    def pd(self, matrix: Matrix) -> Vector:
        """Probability of default."""
        pd: Vector = expit(self.margin(matrix))
        return pd

    def score(self, sample: Sample) -> Vector:
        """Probability of default of each row of a sample."""
        return self.pd(sample.columns(self.features))

    def recalibrated(self, calibration: Calibration) -> Self:
        return replace(self, calibration=calibration)

    @property
    def sha256(self) -> str:
        """The identity of what it computes: files, features and calibration."""
        digest = hashlib.sha256(canonical([self.kind, [asdict(c) for c in self.features], asdict(self.calibration)]))
        for name, content in sorted(self.files().items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return digest.hexdigest()


class Recipe(ABC):
    """How a scorer is fitted; a subclass is a frozen dataclass whose fields are the options of the run's TOML."""

    @abstractmethod
    def fit(self, seen: Development, features: Sequence[Column], seed: int, tick: Tick = lambda: None) -> Scorer:
        """A scorer of these features; the same seed gives the same bytes. `tick` is called at each unit of progress."""

    @property
    def ticks(self) -> int:
        """How often `fit` calls `tick`."""
        return 0


@dataclass(frozen=True)
class Policy:
    """What a PD leads to: decline at the cutoff, refer in the band below it, grades by their upper edges."""

    cutoff: float
    refer_from: float
    grade_edges: tuple[float, ...]  # rising PDs; grade A lies below the first


def canonical(data: Any) -> bytes:
    """JSON with one spelling: sorted keys, no NaN, a final newline."""
    return json.dumps(data, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"


# ------------------------------------------------------------------------------- pruning, compression


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
    """Which units stay at one share; `values` are what the kept units are set to, where a pruner sets them."""

    units: tuple[str, ...]
    importance: Vector
    kept: tuple[int, ...]
    values: tuple[float, ...] = ()


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

    @property
    def dropped(self) -> tuple[int, ...]:
        kept = set(self.kept)
        return tuple(i for i in range(len(self.units)) if i not in kept)

    def to_json(self) -> bytes:
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> PruningPlan:
        data = json.loads(text)
        sequences = {name: tuple(data[name]) for name in ("units", "importance", "kept", "values")}
        return cls(**{**data, **sequences})


class Pruner(ABC):
    """Decides what a scorer can lose (`plan`), then takes it away (`apply`); never in place.

    A subclass is a frozen dataclass: its fields are the options of the run's TOML.
    """

    unit: ClassVar[str]
    share_of: ClassVar[str] = "size"  # what keep is a share of; "nothing" where it is ignored

    @abstractmethod
    def decide(self, scorer: Scorer, seen: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """One decision a share, the scorer only read. Raises: UnsupportedScorer."""

    @abstractmethod
    def cut(self, scorer: Scorer, plan: PruningPlan, seen: Development) -> Scorer:
        """A new scorer of the kept units, recovered (refit, fine-tuned) as the pruner sees fit."""

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def plan(self, scorer: Scorer, seen: Development, keep: float) -> PruningPlan:
        """What would stay at this share."""
        return self.plans(scorer, seen, [keep])[0]

    def plans(self, scorer: Scorer, seen: Development, keeps: Sequence[float]) -> tuple[PruningPlan, ...]:
        """One plan a share; what can be shared between them is worked out once."""
        for keep in keeps:
            check_keep(keep)
        options, sha256 = asdict(self), scorer.sha256  # type: ignore[call-overload]
        return tuple(
            PruningPlan(self.name, options, self.unit, keep, d.units, _short(d.importance), d.kept, sha256, d.values)
            for keep, d in zip(keeps, self.decide(scorer, seen, keeps), strict=True)
        )

    def apply(self, plan: PruningPlan, scorer: Scorer, seen: Development) -> Scorer:
        """The scorer without what the plan drops. Raises: PlanMismatch for another scorer's plan."""
        if plan.scorer_sha256 != scorer.sha256:
            raise PlanMismatch(
                f"the plan is for scorer {plan.scorer_sha256[:12]}, however: this scorer is {scorer.sha256[:12]}"
            )
        return self.cut(scorer, plan, seen)


class RankingPruner(Pruner):
    """A pruner whose units have one order: a smaller share keeps a subset."""

    @abstractmethod
    def rank(self, scorer: Scorer, seen: Development) -> Ranking:
        """The units, what each is worth and what it costs. Raises: UnsupportedScorer."""

    def decide(self, scorer: Scorer, seen: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        ranking = self.rank(scorer, seen)
        return [Decision(ranking.units, ranking.importance, ranking.strongest(keep)) for keep in keeps]


def _short(importance: Vector) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in importance)


def check_keep(keep: float) -> None:
    """Raises: RiskModelError unless 0 < keep <= 1."""
    if not 0 < keep <= 1:
        raise RiskModelError(f"keep must be in (0, 1], however: {keep:g}")


class Compressor(ABC):
    """The same scores within `tolerance`, in fewer bytes or microseconds."""

    tolerance: float  # largest allowed change of a PD

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
    steps: tuple[str, ...] = ()
    keep: float = 1.0


# ---------------------------------------------------------------------------------------- judgement


class Verdict(StrEnum):
    """The three answers of a non-inferiority test."""

    NON_INFERIOR = "non-inferior"
    INFERIOR = "inferior"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Timing:
    """Microseconds a call at one batch size: end to end from a table, and the model alone from its matrix."""

    batch: int
    p50: Interval
    p95: Interval
    p99: Interval
    model_p50: Interval

    @property
    def rows_per_second(self) -> float:
        return self.batch / self.p50.value * 1e6


@dataclass(frozen=True)
class Evaluation:
    """What a variant is worth on one sample; `figures` are auc, gini, ks, accuracy, brier, log_loss and so on."""

    variant: str
    sample: str
    rows: int
    bads: int
    figures: Mapping[str, Interval]


@dataclass(frozen=True)
class Difference:
    """One figure of a challenger less the champion's, on the same rows; signed so that more is better."""

    delta: float
    standard_error: float
    lower: float  # one-sided 95 % bound
    upper: float
    margin: float
    p_value: float  # of H0: the challenger is worse by the margin or more
    detectable: float  # the smallest margin that this sample could have shown, with power 0.8
    verdict: Verdict


@dataclass(frozen=True)
class Change:
    """A challenger against the champion on the same rows; `differences` are auc, brier and log_loss."""

    challenger: str
    champion: str
    sample: str
    differences: Mapping[str, Difference]

    @property
    def p_value(self) -> float:
        """Of the intersection-union test: no worse in any figure (Berger 1982)."""
        return max(d.p_value for d in self.differences.values())


@dataclass(frozen=True)
class TradeOff:
    """What the selection sample says of all variants, and the choice with its reason."""

    champion: str
    evaluations: Mapping[str, Evaluation]
    changes: Mapping[str, Change]  # by challenger
    verdicts: Mapping[str, Verdict]  # by challenger, after Holm
    timings: Mapping[str, Mapping[int, Timing]]  # by variant and batch size
    front: tuple[str, ...]  # no other variant is as good in AUC and in time, and better in one
    chosen: str
    reason: str


@dataclass(frozen=True)
class Study:
    """All that one run leaves; its review and its tracking are made from this and its TOML, and from nothing else."""

    trade_off: TradeOff
    variants: Mapping[str, Variant]
    confirmation: Change | None  # the chosen variant on test; None where the champion stays
    tested: Mapping[str, Evaluation]  # the champion and the chosen variant on test
    run: Mapping[str, Any]  # run.json: `hashes` (data, toml, code, environment), seeds, samples, machine, durations
    attributions: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)  # mean |SHAP|, by scorer
