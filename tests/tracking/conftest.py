"""A finished run of three unequal variants, and a store that is set up once."""

import shutil
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
    Study,
    Timing,
    TradeOff,
    Variant,
    Verdict,
)
from riskmodel.tracking import Store, open_store, save

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

    def refit(self, seen, features, size=1.0):  # noqa: ARG002
        return self


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


@pytest.fixture(scope="session")
def settings() -> Run:
    return parse(TOML, "taiwan.toml")


@pytest.fixture(scope="session")
def study() -> Study:
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
    )
    return Study(
        trade_off=trade_off,
        variants={variant.name: variant for variant in made},
        confirmation=_change("lgbm/trees@0.25", "test", -0.0004, Verdict.NON_INFERIOR),
        tested={name: _evaluation(name, "test", 0.79) for name in ("lgbm", "lgbm/trees@0.25")},
        run={"hashes": {"data": "d" * 64, "toml": "a1b2c3d4e5" + "0" * 54}},
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Store:
    """Setting up a database takes MLflow about ten seconds: it is done once and copied."""
    file = tmp_path_factory.mktemp("template") / "mlflow.db"
    open_store(f"sqlite:///{file}")
    return file


@pytest.fixture
def store(template, tmp_path) -> Store:
    shutil.copy(template, tmp_path / "mlflow.db")
    return open_store(f"sqlite:///{tmp_path / 'mlflow.db'}")


@pytest.fixture
def report(settings, study, tmp_path):
    """A report as train leaves it: plans, a bundle, a page, the split with ids, and what MLflow is to be told."""
    return written_report(settings, study, tmp_path / "report")


def written_report(settings, study, folder):
    (folder / "plans").mkdir(parents=True)
    (folder / "bundles" / "chosen").mkdir(parents=True)
    (folder / "bundles" / "chosen" / "manifest.json").write_text("{}")
    (folder / "review.html").write_text("<p>review</p>")
    pq.write_table(pa.table({"position": [0, 1, 2], "id": ["anna", None, "bert"]}), folder / "split.parquet")
    plans = {name: [] for name in study.variants}
    for name, variant in study.variants.items():
        for i, plan in enumerate(variant.plans):
            plans[name].append(folder / "plans" / f"{name.replace('/', '__')}.{i}.json")
            plans[name][-1].write_bytes(plan.to_json())
    save(folder, settings, study, plans, {"lgbm/trees@0.25": folder / "bundles" / "chosen"})
    return folder
