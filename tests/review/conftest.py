"""A finished run made of numbers: variants of unequal kinds, as the real run has them, and nothing is fitted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from planted import planted
from stand_in_frontiers import stand_in_frontier

from riskmodel.config import Run, parse
from riskmodel.core import (
    Calibration,
    Change,
    Column,
    Complexity,
    Difference,
    Evaluation,
    Files,
    Interval,
    Matrix,
    PruningPlan,
    Scorer,
    Study,
    Timing,
    TradeOff,
    Variant,
    Vector,
    Verdict,
)
from riskmodel.evaluation.thresholds import Thresholds, standard
from riskmodel.review.evidence.subject import Subject

TOML = b"""
name = "taiwan"
[data]
path = "data/taiwan.parquet"
target = "DEFAULT"
id = "ID"
protected = { SEX = false, AGE = true }
[policy]
approval_rate = 0.8
grade_edges = [0.05, 0.1, 0.3]
[latency]
budget_us = 5000
[[scorers]]
name = "lgbm"
kind = "lgbm"
options = { search = 12 }
[[scorers]]
name = "neural"
kind = "neural"
"""

MARGINS = {"auc": 0.005, "brier": 0.002, "log_loss": 0.005}


@dataclass(frozen=True, eq=False)
class FakeScorer(Scorer):
    """Nothing but its size."""

    kind = "fake"
    made_of: Complexity

    def raw_margin(self, matrix: Matrix) -> Vector:
        return np.zeros(len(matrix))

    def files(self) -> Files:
        return {"fake.json": repr(self.made_of).encode()}

    def complexity(self) -> Complexity:
        return self.made_of

    def probes(self, rows: int, seed: int = 0) -> Matrix:  # noqa: ARG002
        return np.zeros((rows, len(self.features)))

    def refit(self, development: Any, features: Any, size: float = 1.0) -> Scorer:  # noqa: ARG002
        return self


@dataclass(frozen=True)
class Entry:
    """What one variant of the fake run is."""

    name: str
    family: str
    steps: tuple[str, ...]
    keep: float
    auc: float
    p50: float
    verdict: Verdict | None  # None for the champion
    trees: int = 0
    weights: int = 0
    features: int = 20


NO, YES, OPEN = Verdict.INFERIOR, Verdict.NON_INFERIOR, Verdict.INCONCLUSIVE
ENTRIES = (
    Entry("lgbm", "lgbm", (), 1.0, 0.7812, 520.0, None, trees=412),
    Entry("lgbm/trees@0.25", "lgbm", ("trees",), 0.25, 0.7809, 310.0, YES, trees=103),
    Entry("lgbm/prefix@0.25", "lgbm", ("prefix",), 0.25, 0.7741, 305.0, NO, trees=103),
    Entry("lgbm/features@0.7/trees@0.25", "lgbm", ("features", "trees"), 0.175, 0.7788, 290, OPEN, 88, 0, 14),
    Entry("neural", "neural", (), 1.0, 0.7795, 940.0, OPEN, weights=51_200),
    Entry("neural/neurons@0.25/float16", "neural", ("neurons", "float16"), 0.25, 0.7769, 610.0, NO, weights=9_700),
)  # fmt: skip


def _interval(value: float, half: float) -> Interval:
    return Interval(value, value - half, value + half)


def _evaluation(name: str, sample: str, auc: float, rows: int, slope: float = 1.0) -> Evaluation:
    half = 0.0135
    values = {
        "auc": auc,
        "gini": 2 * auc - 1,
        "ks": auc - 0.36,
        "accuracy": auc + 0.038,
        "brier": 0.29 - auc / 5,
        "log_loss": 0.82 - auc / 2,
        "calibration_slope": slope,
        "calibration_intercept": 0.004,
    }
    intervals = {key: _interval(value, half) for key, value in values.items()}
    intervals["calibration_slope"] = _interval(slope, 0.061)
    return Evaluation(name, sample, rows, round(rows * 0.221), intervals)


def _change(name: str, sample: str, delta: float, verdict: Verdict) -> Change:
    error = 0.0011
    lower, upper = delta - 1.645 * error, delta + 1.645 * error
    p_value = {YES: 0.0001, OPEN: 0.2, NO: 0.999}[verdict]
    differences = {
        key: Difference(delta * scale, error, lower * scale, upper * scale, MARGINS[key], p_value, 0.00274, verdict)
        for key, scale in (("auc", 1.0), ("brier", 0.3), ("log_loss", 0.8))
    }
    return Change(name, "lgbm", sample, differences)


def _timings(p50: float) -> dict[int, Timing]:
    return {
        batch: Timing(batch, *(_interval(p50 * work * tail, p50 * work * 0.02) for tail in (1.0, 1.3, 1.9, 0.4)))
        for batch, work in ((1, 1.0), (100, 1.7), (10_000, 61.0))
    }


def _scorer(entry: Entry) -> FakeScorer:
    leaves = entry.trees * 31
    size = 1_000 + 92 * leaves + 4 * entry.weights
    features = tuple(Column(f"PAY_{i}") for i in range(entry.features))
    parts = leaves + entry.weights
    made_of = Complexity(entry.features, parts, parts, 9.5 * entry.trees + entry.weights, size,
                         trees=entry.trees, nodes=2 * leaves, leaves=leaves, weights=entry.weights)  # fmt: skip
    return FakeScorer(features, Calibration(), made_of)


def _plans(entry: Entry) -> tuple[PruningPlan, ...]:
    units = {"features": "feature", "neurons": "neuron", "weights": "weight"}
    pruners = [step for step in entry.steps if step != "float16"]
    return tuple(_plan(pruner, units.get(pruner, "tree"), entry.keep) for pruner in pruners)


def _plan(pruner: str, unit: str, keep: float) -> PruningPlan:
    names, importance = tuple(f"{unit} {i}" for i in range(8)), tuple(float(8 - i) for i in range(8))
    return PruningPlan(pruner, {}, unit, keep, names, importance, tuple(range(max(1, round(8 * keep)))), "ab" * 32)


def _variant(entry: Entry) -> Variant:
    steps = tuple(step.partition("@")[0] for step in entry.steps)
    return Variant(entry.name, entry.family, _scorer(entry), _plans(entry), steps, entry.keep)


def make_study(entries: tuple[Entry, ...] = ENTRIES, chosen: str = "lgbm/trees@0.25", **changes: Any) -> Study:
    """A run of these variants; `changes` replace fields of the study."""
    champion = next(entry for entry in entries if entry.verdict is None)
    star = next(entry for entry in entries if entry.name == chosen)
    challengers = {entry.name: entry for entry in entries if entry.verdict is not None}
    trade_off = TradeOff(
        champion=champion.name,
        evaluations={e.name: _evaluation(e.name, "selection", e.auc, 6_000) for e in entries},
        changes={n: _change(n, "selection", e.auc - champion.auc, e.verdict or YES) for n, e in challengers.items()},
        verdicts={n: e.verdict or YES for n, e in challengers.items()},
        timings={e.name: _timings(e.p50) for e in entries},
        front=tuple(e.name for e in entries if not any(o.auc >= e.auc and o.p50 < e.p50 for o in entries)),
        adjusted=dict.fromkeys(challengers, 0.04),
        cost={e.name: _scorer(e).complexity().work for e in entries},
        chain=() if chosen == champion.name else (chosen,),
        trials={} if chosen == champion.name else {chosen: _change(chosen, "test", star.auc - champion.auc, YES)},
        chosen=chosen,
        reason=f"{chosen} is the fastest of {sum(e.verdict is YES for e in entries)} non-inferior variants.",
    )
    given = {
        "trade_off": trade_off,
        "variants": {entry.name: _variant(entry) for entry in entries},
        "confirmation": None if chosen == champion.name else _change(chosen, "test", star.auc - champion.auc, YES),
        "tested": {e.name: _evaluation(e.name, "test", e.auc + 0.002, 5_990) for e in (champion, star)},
        "run": {
            "hashes": {part: (part[0] * 64) for part in ("data", "toml", "code", "environment")},
            "seeds": {"run": 0},
            "machine": {"cpu": "Example CPU", "cores": 2, "system": "Linux"},
            "seconds": {"fit": 61.25, "prune": 122.5},
        },
        "attributions": {
            "lgbm": tuple((f"PAY_{i}", round(0.9 / (i + 1), 6)) for i in range(20)),
            "xgb": tuple((f"BILL_AMT{i}", round(0.5 / (i + 1), 6)) for i in range(5)),
        },
    }
    return Study(**{**given, **changes})


@pytest.fixture(scope="session")
def settings() -> Run:
    return parse(TOML, "taiwan.toml")


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study()


@pytest.fixture(scope="session")
def another_study() -> Callable[..., Study]:
    return make_study


@pytest.fixture(scope="session")
def entry() -> type[Entry]:
    return Entry


@pytest.fixture(scope="session")
def change() -> Callable[..., Change]:
    return _change


@pytest.fixture(scope="session")
def subject() -> Callable[..., Subject]:
    """Subjects of a dossier, made of given PDs."""
    return planted


@pytest.fixture
def limits() -> Thresholds:
    return standard()


@pytest.fixture
def frontier():
    return stand_in_frontier()
