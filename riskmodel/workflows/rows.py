"""What more rows, and fewer, are worth: a run's recipe on nested subsets of train, judged on selection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from scipy.special import ndtri
from threadpoolctl import threadpool_limits

from riskmodel import config, pruning, scorers
from riskmodel.config import Run
from riskmodel.core import Development, Interval, Matrix, Pruner, Sample, Scorer, Tick, Vector, canonical
from riskmodel.datasets import preparation
from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.evaluation import recalibrated
from riskmodel.evaluation.metrics import many_auc
from riskmodel.files import beside, places
from riskmodel.review.charts.learning import learning
from riskmodel.review.charts.svg import standalone
from riskmodel.stats import learning_curve
from riskmodel.stats.interval import around
from riskmodel.stats.learning_curve import Gain, PowerLaw
from riskmodel.stats.sample_size import fewest
from riskmodel.workflows.progress import Stages

RANDOM, RECENT = "random_rows", "recent_rows"
SHARES = (0.0625, 0.125, 0.25, 0.5, 1.0)
ENOUGH = 50  # bads, and goods, of a subset that is taken unasked
REPEATS, ONE_SIDED = 3, float(ndtri(0.95))


@dataclass(frozen=True)
class Asked:
    """What is to be fitted; without a scorer the first of the TOML, without shares those that have rows enough."""

    scorer: str | None = None
    methods: Sequence[str] = ()
    shares: Sequence[float] = ()
    repeats: int = REPEATS


@dataclass(frozen=True)
class CurvePoint:
    """The recipe on a share of train's rows, the mean over the repeats; AUCs on selection with 95 % intervals."""

    method: str
    share: float
    rows: int
    auc: Interval
    change: Interval  # against all rows
    against_random: Interval | None  # against as many rows at random


@dataclass(frozen=True)
class LearningCurve:
    """The curve, its law, and what twice the rows would bring."""

    scorer: str
    rows: int  # of train
    selection: Mapping[str, int]
    repeats: int
    points: Sequence[CurvePoint]
    law: PowerLaw
    doubled: Gain
    halved: Gain  # what the last doubling, from half of the rows, brought

    @property
    def in_words(self) -> str:
        """What more rows are worth."""
        return (
            f"Twice the rows would bring about {self.doubled.value:.4f} of AUC, and at most {self.doubled.upper:.4f} "
            f"(95 % bound, as far as the power law holds). The last doubling brought {self.halved.value:+.4f}, at most "
            f"{self.halved.upper:.4f}: where each doubling brings less than the one before, the next brings no more."
        )

    def as_json(self) -> bytes:
        """All of it for a program."""
        return canonical({**asdict(self), "in_words": self.in_words})


@dataclass(frozen=True)
class _Fits:
    """The repeats of one method: AUCs (r x k) and the mean of how much each row moves them (n x k)."""

    areas: Matrix
    moves: Matrix
    rows: Vector


def rows(toml: Path, asked: Asked, stages: Stages) -> LearningCurve:
    """Fits the recipe of a TOML on nested subsets of train and judges all on selection; test stays sealed.

    Raises: RiskModelError.
    """
    run, _ = config.read(toml)
    name, methods = _named(run, asked)
    with stages.stage("Read and split"):
        prepared = preparation.prepare(run, toml.parent)
        prepared.answered()
        samples = prepared.samples()
    development, selection = samples.development, samples.selection
    shares = _shares(asked.shares, development.train)
    repeats = {method: 1 if method == RECENT else asked.repeats for method in methods}
    with threadpool_limits(run.threads):
        with stages.stage("Fit on all rows"):
            whole = recalibrated(
                _recipe(run, name).fit(development, prepared.schema.features, run.seed), _tune(development)
            )
        with stages.stage("Fit on subsets", sum(repeats.values()) * len(shares)) as tick:
            judged = _Judged(selection, selection.attributes[run.data.borrower] if run.data.borrower else None)
            fits = {
                method: _fitted(method, whole, development, judged, shares, count, tick)
                for method, count in repeats.items()
            }
    return _curve(name, fits, judged, shares, len(development.train), asked.repeats)


def _named(run: Run, asked: Asked) -> tuple[str, list[str]]:
    """The scorer and the methods. Raises: ConfigError with all that is wrong."""
    if faults := [*_faults(run, asked)]:
        raise ConfigError("; ".join(faults))
    dated = [RECENT] if run.data.time else []
    return asked.scorer or run.scorers[0].name, list(dict.fromkeys([RANDOM, *(asked.methods or dated)]))


def _faults(run: Run, asked: Asked) -> Iterator[str]:
    names = [entry.name for entry in run.scorers]
    if asked.scorer is not None and asked.scorer not in names:
        yield f"scorer must be among {', '.join(names)}, however: {asked.scorer!r}"
    if not isinstance(asked.repeats, Integral) or not 2 <= asked.repeats <= 100:
        yield f"repeats must be a whole number between 2 and 100, however: {asked.repeats!r}"
    for share in asked.shares:
        if not isinstance(share, Real) or not 0 < share <= 1:
            yield f"share must be in (0, 1], however: {share!r}"
    for method in asked.methods:
        yield from _faults_of_method(run, method)


def _faults_of_method(run: Run, method: str) -> Iterator[str]:
    try:
        pruner = pruning.make(method)
    except RiskModelError as error:
        yield str(error)
        return
    if pruner.unit != "row":
        yield f"method must drop rows, however: {method!r} prunes {pruner.unit}s"
    if pruner.needs_dates and run.data.time is None:
        yield f"method {method} needs data.time, however: it names no column"


def _recipe(run: Run, name: str) -> Any:
    [(i, entry)] = [(i, entry) for i, entry in enumerate(run.scorers) if entry.name == name]
    return scorers.recipe(entry.kind, entry.options, f"scorers.{i}.options")


def _tune(development: Development) -> Sample:
    return development.tune if development.recent is None else development.recent


def _shares(asked: Sequence[float], train: Sample) -> list[float]:
    """Rising, the whole last. Raises: RiskModelError for fewer than three."""
    least = fewest(train.default)
    shares = sorted({*asked, 0.5, 1.0} if asked else {s for s in SHARES if s * least >= ENOUGH or s == 1})
    if len(shares) < 3:
        raise RiskModelError(
            f"a curve needs three shares with {ENOUGH} bads and goods in each, however: train has {least} of the rarer"
        )
    return shares


class _Judged:
    """The selection sample, and which of its rows are one borrower's."""

    def __init__(self, sample: Sample, clusters: Any) -> None:
        self.sample, self.clusters = sample, clusters

    def area(self, scorer: Scorer) -> tuple[float, Vector]:
        sample = self.sample
        return many_auc.influence(sample.default, scorer.score(sample), self.clusters, sample.weight)

    def covariance(self, moves: Matrix) -> Matrix:
        return many_auc.covariance(moves, self.clusters)


def _fitted(  # noqa: PLR0917
    method: str,
    whole: Scorer,
    development: Development,
    judged: _Judged,
    shares: Sequence[float],
    repeats: int,
    tick: Tick,
) -> _Fits:
    areas, moves, counts = (
        np.empty((repeats, len(shares))),
        np.zeros((len(judged.sample), len(shares))),
        np.zeros(len(shares)),
    )
    for repeat in range(repeats):
        pruner = pruning.make(method, {"seed": repeat})
        for k, (scorer, count) in enumerate(_subsets(pruner, whole, development, shares)):
            areas[repeat, k], own = judged.area(scorer)
            moves[:, k] += own / repeats
            counts[k] = count
            tick()
    return _Fits(areas, moves, counts)


def _subsets(
    pruner: Pruner, whole: Scorer, development: Development, shares: Sequence[float]
) -> Iterator[tuple[Scorer, int]]:
    for plan in pruner.plans(whole, development, shares):
        scorer = pruner.apply(plan, whole, development)
        yield recalibrated(scorer, _tune(development)), len(plan.kept)


def _curve(  # noqa: PLR0917
    name: str, fits: Mapping[str, _Fits], judged: _Judged, shares: Sequence[float], count: int, repeats: int
) -> LearningCurve:
    at, random = np.array(shares), fits[RANDOM]
    covariance = judged.covariance(random.moves) + learning_curve.of_subsets(at, random.areas)
    covariance += np.eye(len(at)) * 1e-12  # two equal models would leave none
    mean = random.areas.mean(axis=0)
    points = [_point(method, k, fits, judged, shares) for method in fits for k in range(len(shares))]
    outcome = judged.sample.default
    return LearningCurve(
        name,
        count,
        {"rows": len(outcome), "bads": int(outcome.sum())},
        repeats,
        points,
        learning_curve.law_of(at, mean, covariance),
        learning_curve.gain(at, mean, covariance),
        _last_doubling(mean, covariance, shares.index(0.5)),
    )


def _last_doubling(mean: Vector, covariance: Matrix, half: int) -> Gain:
    value = float(mean[-1] - mean[half])
    variance = covariance[-1, -1] + covariance[half, half] - 2 * covariance[-1, half]
    return Gain(2.0, value, value + ONE_SIDED * float(np.sqrt(max(variance, 0.0))))


def _point(method: str, k: int, fits: Mapping[str, _Fits], judged: _Judged, shares: Sequence[float]) -> CurvePoint:
    own, random = fits[method], fits[RANDOM]
    value, spread = float(own.areas[:, k].mean()), _spread(own.areas[:, k])
    of_auc = judged.covariance(own.moves[:, [k]])[0, 0]
    change = judged.covariance(own.moves[:, [k]] - random.moves[:, [-1]])[0, 0]
    beside = judged.covariance(own.moves[:, [k]] - random.moves[:, [k]])[0, 0] + _spread(random.areas[:, k])
    difference = value - float(random.areas[:, k].mean())
    return CurvePoint(
        method,
        shares[k],
        int(own.rows[k]),
        around(value, np.sqrt(of_auc + spread)),
        around(value - float(random.areas[:, -1].mean()), np.sqrt(change + spread)),
        None if method == RANDOM else around(difference, np.sqrt(beside + spread)),
    )


def _spread(areas: Vector) -> float:
    """Variance of the mean over repeats; one repeat tells nothing of it, and rests on no chance."""
    return float(areas.var(ddof=1) / len(areas)) if len(areas) > 1 else 0.0


def drawn(curve: LearningCurve) -> Markup:
    """The curve as a picture, with its law up to twice the rows."""
    by_method: dict[str, list[tuple[int, Interval]]] = {}
    for point in curve.points:
        by_method.setdefault(point.method, []).append((point.rows, point.auc))
    return learning(by_method, curve.law, curve.rows, curve.doubled.times)


def check_output(output: Path | None) -> None:
    """Raises: RiskModelError for a name that is no SVG's or can be no file, before anything is fitted."""
    if output is not None and output.suffix != ".svg":
        raise RiskModelError(f"{output}: must end in .svg, however: {output.suffix or 'nothing'}")
    if output is not None:
        places.check_files(output)


def save(curve: LearningCurve, output: Path) -> None:
    """Writes the picture, whole or not at all. Raises: RiskModelError, OSError."""
    check_output(output)
    beside.write(output, standalone(drawn(curve)).encode())
