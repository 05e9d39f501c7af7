"""Finished runs without a training: three unequal variants, or as many as are asked for."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel import bundle
from riskmodel.config import Run, parse
from riskmodel.core import (
    Calibration,
    Change,
    Column,
    Complexity,
    Difference,
    Evaluation,
    Interval,
    PruningPlan,
    Scorer,
    SideFigures,
    Study,
    Timing,
    TradeOff,
    Variant,
    Verdict,
)
from riskmodel.tracking import save

TOML = b"""
name = "taiwan"
seed = 7
[data]
path = "data.parquet"
target = "DEFAULT"
[policy]
cutoff = 0.3
grade_edges = [0.1]
[[scorers]]
name = "lgbm"
kind = "lgbm"
"""


@dataclass(frozen=True)
class FakeRecipe:
    """Options of two depths."""

    leaves: int = 15
    grid: tuple[float, ...] = (0.1, 0.2)


@dataclass(frozen=True, eq=False)
class FakeScorer(Scorer):
    """Nothing but its size."""

    kind = "fake"
    made_of: Complexity
    recipe: FakeRecipe = FakeRecipe()

    def raw_margin(self, matrix):
        return np.zeros(len(matrix))

    def files(self):
        return {"fake.json": repr(self.made_of).encode()}

    def complexity(self):
        return self.made_of

    def probes(self, rows, seed=0):  # noqa: ARG002
        return np.zeros((rows, len(self.features)))

    def refit(self, development, features, size=1.0):  # noqa: ARG002
        return self


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="480"><circle cx="9" cy="9" r="9"/></svg>'
SAMPLES = ("train", "tune", "selection", "test")


def _interval(value):
    return Interval(value, value * 0.9, value * 1.1)


def _variant(name, family, made_of, steps=(), keep=1.0):
    scorer = FakeScorer((Column("PAY_0"),), Calibration(), made_of)
    return Variant(name, family, scorer, tuple(_plan(*step.split("@")) for step in steps), steps, keep)


def _plan(pruner, keep):
    options, units = {"grid": [1, 2], "l2": {"value": 0.5}}, tuple(f"tree {i}" for i in range(5))
    return PruningPlan(pruner, options, "tree", float(keep), units, (5.0, 4.0, 3.0, 2.0, 1.0), (0, 1), "ab" * 32)


def _evaluation(name, sample, auc):
    figures = {"auc": auc, "gini": 2 * auc - 1, "ks": 0.42, "accuracy": 0.82, "brier": 0.13, "log_loss": 0.42}
    figures["calibration_slope"] = 1.01
    return Evaluation(name, sample, 600, 130, {key: _interval(value) for key, value in figures.items()})


def _change(name, sample, delta, verdict):
    difference = Difference(delta, 0.001, delta - 0.0016, delta + 0.0016, 0.005, 0.01, 0.0025, verdict)
    return Change(name, "lgbm", sample, {"auc": difference, "brier": difference})


def _timings(p50):
    return {b: Timing(b, *(_interval(p50 * b**0.5 * k) for k in (1.0, 1.2, 1.9, 0.4))) for b in (1, 100, 10_000)}


def settings() -> Run:
    return parse(TOML, "taiwan.toml")


def study_of(count: int, seed: int = 0) -> Study:
    """A champion and `count - 1` variants pruned from it, of falling size; the fourth of them is chosen."""
    rng = np.random.default_rng(seed)
    few, keeps = three(), np.linspace(0.95, 0.02, count - 1)
    names = ["lgbm", *(f"lgbm/trees@{keep:.4g}" for keep in keeps)]
    variants = {"lgbm": few.variants["lgbm"]}
    for name, keep in zip(names[1:], keeps, strict=True):
        trees = max(1, round(200 * keep))
        made_of = Complexity(3, 31 * trees, 31 * trees, 5.0, 150 * trees, trees=trees, leaves=31 * trees)
        variants[name] = _variant(name, "lgbm", made_of, (f"trees@{keep:.4g}",), float(keep))
    losses = dict(zip(names[1:], 0.004 * (1 - keeps) ** 2 + rng.normal(0, 2e-4, count - 1), strict=True))
    verdicts = {name: Verdict.NON_INFERIOR if loss < 0.002 else Verdict.INCONCLUSIVE for name, loss in losses.items()}
    trade_off = replace(
        few.trade_off,
        evaluations={name: _evaluation(name, "selection", 0.781 - losses.get(name, 0.0)) for name in names},
        changes={name: _change(name, "selection", -loss, verdicts[name]) for name, loss in losses.items()},
        verdicts=verdicts,
        adjusted=dict.fromkeys(losses, 0.02),
        timings={name: _timings(50 + 1000 * variant.keep) for name, variant in variants.items()},
        front=tuple(names),
        chosen=names[4],
        cost={name: 2.0 + 400 * variant.keep for name, variant in variants.items()},
    )
    side = {
        name: SideFigures(0.02 * (1 - variant.keep), {"SEX": 0.96}, 1.8e9 + i, 1.0)
        for i, (name, variant) in enumerate(variants.items())
    }
    tested = {name: _evaluation(name, "test", 0.79) for name in ("lgbm", names[4])}
    change = _change(names[4], "test", -0.0004, Verdict.NON_INFERIOR)
    return replace(few, trade_off=trade_off, variants=variants, side_figures=side, tested=tested, confirmation=change)


def three() -> Study:
    """A champion, its chosen cut, and a network that is worse and was not timed."""
    made = (
        _variant("lgbm", "lgbm", Complexity(3, 1240, 1240, 9.0, 4_500, trees=40, leaves=1240)),
        _variant(
            "lgbm/trees@0.25", "lgbm", Complexity(3, 310, 310, 2.5, 1_800, trees=10, leaves=310), ("trees@0.25",), 0.25
        ),
        _variant(
            "neural/neurons@0.5/weights@0.5",
            "neural",
            Complexity(2, 500, 250, 500.0, 2_900, weights=500),
            ("neurons@0.5", "weights@0.5"),
            0.25,
        ),
    )
    auc = {"lgbm": 0.781, "lgbm/trees@0.25": 0.7805, "neural/neurons@0.5/weights@0.5": 0.771}
    verdicts = {"lgbm/trees@0.25": Verdict.NON_INFERIOR, "neural/neurons@0.5/weights@0.5": Verdict.INFERIOR}
    trade_off = TradeOff(
        champion="lgbm",
        evaluations={name: _evaluation(name, "selection", value) for name, value in auc.items()},
        changes={name: _change(name, "selection", auc[name] - 0.781, verdict) for name, verdict in verdicts.items()},
        verdicts=verdicts,
        timings={"lgbm": _timings(500.0), "lgbm/trees@0.25": _timings(300.0), "neural/neurons@0.5/weights@0.5": {}},
        front=("lgbm/trees@0.25", "lgbm"),
        chosen="lgbm/trees@0.25",
        reason="lgbm/trees@0.25 is the fastest of the non-inferior.",
        adjusted={"lgbm/trees@0.25": 0.02, "neural/neurons@0.5/weights@0.5": 0.9},
        cost={"lgbm": 400.0, "lgbm/trees@0.25": 100.0},
        margins={"auc": 0.005, "rare_faults": "bounded"},
    )
    return Study(
        trade_off=trade_off,
        variants={variant.name: variant for variant in made},
        confirmation=_change("lgbm/trees@0.25", "test", -0.0004, Verdict.NON_INFERIOR),
        tested={name: _evaluation(name, "test", 0.79) for name in ("lgbm", "lgbm/trees@0.25")},
        run={
            "hashes": {"data": "d" * 64, "toml": "a1b2c3d4e5" + "0" * 54},
            "samples": {name: {"rows": 600 + i, "bads": 130, "sha256": f"{i}" * 64} for i, name in enumerate(SAMPLES)},
            "durations": {"total": 90.0},
        },
        side_figures={
            "lgbm": SideFigures(0.0, {"SEX": 0.97}, 1.8e9, 20.0),
            "lgbm/trees@0.25": SideFigures(0.0125, {"SEX": 0.95}, 1.8e9 + 20, 1.5),
        },
    )


def written_report(settings: Run, study: Study, folder, saved=None):
    """The study as a report; `saved` is the bundle of the choice, a made-up one if None."""
    (folder / "plans").mkdir(parents=True)
    (folder / "bundles").mkdir()
    if saved is not None:
        bundle.save(saved, folder / "bundles" / "chosen")
    else:
        (folder / "bundles" / "chosen").mkdir()
        (folder / "bundles" / "chosen" / "manifest.json").write_text("{}")
    (folder / "review.html").write_text("<p>review</p>")
    (folder / "trade_off.svg").write_text(SVG)
    (folder / "trade_off.html").write_text(SVG)
    pq.write_table(pa.table({"position": [0, 1, 2], "id": ["anna", None, "bert"]}), folder / "split.parquet")
    plans = {name: [] for name in study.variants}
    for name, variant in study.variants.items():
        for i, plan in enumerate(variant.plans):
            plans[name].append(folder / "plans" / f"{name.replace('/', '__')}.{i}.json")
            plans[name][-1].write_bytes(plan.to_json())
    save(folder, settings, study, plans, {study.trade_off.chosen: folder / "bundles" / "chosen"})
    return folder
