"""Run by the tests in a process of its own, so that its libraries choose their kernels anew.

worker.py make FOLDER     fits a scorer of each kind, saves it as a bundle, and what it says of the rows
worker.py open FOLDER     opens the bundles of another process, and writes what they say here

The rows are FOLDER/rows.npy, the answers WHERE.npz beside them, with WHERE as the last argument.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from samples import FEATURES, QUICK, drawn

from riskmodel import bundle, compression, scorers
from riskmodel.core import Calibration, Development, Policy, Scorer
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.trees.shap.treeshap import TreeShap

POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))
WIDE = {
    "hidden": (64, 64),
    "epochs": 6,
    "batch": 64,
    "rate": 0.01,
    "least_steps": 0,
}  # wide enough for sums of bytes to be cut off
EXPLAINED = 300  # rows: without fused multiplication in hardware SHAP values cost a hundred times as much


def make(folder: Path) -> None:
    for name, scorer in made():
        bundle.save(bundle.pack(scorer, POLICY, {}, {}), folder / name)


def made() -> Iterator[tuple[str, Scorer]]:
    development = Development(drawn(1500, 1, "train"), drawn(700, 2, "tune"))
    fitted = {kind: scorers.recipe(kind, options).fit(development, FEATURES, seed=5) for kind, options in QUICK.items()}
    fitted["wide"] = scorers.recipe("mlp", WIDE).fit(development, FEATURES, seed=5)
    for name, scorer in fitted.items():
        yield name, scorer.recalibrated(Calibration(0.1, 0.9))
    for name, of in (("onnx", "lgbm"), ("onnx", "neural"), ("int8_dynamic", "wide"), ("int8_static", "wide")):
        yield f"{name}-{of}", compression.make(name).compress(fitted[of])


def answers(folder: Path) -> dict[str, np.ndarray]:
    rows = np.load(folder / "rows.npy")
    answers = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        scorer = scorers.unpacked(bundle.read(place))
        answers[f"{place.name} margin"], answers[f"{place.name} pd"] = scorer.margin(rows), scorer.pd(rows)
        answers[f"{place.name} tolerance"] = np.array(scorer.pd_tolerance)
        if isinstance(scorer, BoosterScorer):
            answers[f"{place.name} shap"] = TreeShap(scorer.ensemble)(rows[:EXPLAINED])
    return answers


if __name__ == "__main__":
    task, where = sys.argv[1], Path(sys.argv[2])
    if task == "make":
        make(where)
    np.savez(where / f"{sys.argv[3]}.npz", **answers(where))
