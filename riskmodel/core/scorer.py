"""What a fitted model of the probability of default is, how it is made, and what its PDs lead to."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from string import ascii_uppercase
from typing import Any, ClassVar, Self

from scipy.special import expit

from riskmodel.core.sample import Column, Development, Matrix, Number, Sample, Targets, Vector
from riskmodel.errors import BundleError

Files = Mapping[str, bytes]
Tick = Callable[[], None]

DECISIONS = ("approve", "refer", "decline")

# Of a PD, between processors. Sums in a fixed order differ in the logistic function's last bit alone.
FIXED_ORDER, SINGLE = 1e-9, 1e-5


@dataclass(frozen=True)
class Calibration:
    """A straight line from the raw margin to the log-odds (Platt 1999)."""

    intercept: float = 0.0
    slope: float = 1.0

    def __call__(self, margin: Number) -> Number:
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

    @classmethod
    def from_files(cls, features: tuple[Column, ...], calibration: Calibration, files: Files) -> Scorer:  # noqa: ARG003
        """The scorer that wrote these files. Raises: BundleError for what is damaged, before a library opens it."""
        raise BundleError(f"a {cls.kind} scorer cannot be loaded")

    @abstractmethod
    def complexity(self) -> Complexity:
        """What it is made of."""

    @abstractmethod
    def probes(self, rows: int, seed: int = 0) -> Matrix:
        """Made-up rows around the numbers at which this scorer changes its mind, n x features."""

    @property
    def pd_tolerance(self) -> float:
        """How far apart the PDs of one row may be on two processors: what single precision leaves open."""
        return SINGLE

    @abstractmethod
    def refit(self, development: Development, features: Sequence[Column], size: float = 1.0) -> Scorer:
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
        return identity(self.kind, self.features, self.calibration, self.files())


def identity(kind: str, features: Sequence[Column], calibration: Calibration, files: Files) -> str:
    """The hash of all that decides what a scorer computes."""
    columns = [{key: value for key, value in asdict(one).items() if (key, value) != ("vendor", "")} for one in features]
    digest = hashlib.sha256(canonical([kind, columns, asdict(calibration)]))  # as it was before columns had vendors
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


class Recipe(ABC):
    """How a scorer is fitted; a subclass is a frozen dataclass whose fields are the options of the run's TOML."""

    @abstractmethod
    def fit(
        self,
        development: Development,
        features: Sequence[Column],
        seed: int,
        tick: Tick = lambda: None,
        *,
        targets: Targets | None = None,
    ) -> Scorer:
        """A scorer of these features, of the outcomes or of the `targets` in their place.

        The same seed gives the same bytes. `tick` is called at each unit of progress.
        """

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

    def grade(self, pd: float) -> str:
        """The letter of a PD; one on an edge belongs above it."""
        return ascii_uppercase[bisect_right(self.grade_edges, pd)]

    def decision(self, pd: float) -> str:
        """One of DECISIONS; a PD at the cutoff is declined."""
        return DECISIONS[bisect_right((self.refer_from, self.cutoff), pd)]


def canonical(data: Any) -> bytes:
    """JSON with one spelling: sorted keys, no NaN, a final newline."""
    return json.dumps(data, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"
