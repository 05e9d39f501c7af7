"""Speed of path-dependent SHAP values beside shapiq, woodelf, shap and the libraries' own, on one thread, in one run.

Rivals are no dependencies: `python3.12 -m venv /tmp/rivals`, there `pip install shapiq woodelf_explainer lightgbm
xgboost shap pandas`, and RIVALS_PYTHON=/tmp/rivals/bin/python. Time is of the processor, so that a load beside does not
count; all get the same rows.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console

from tests.benchmarks._tables import cut

ROWS, TREES, LEAVES, DEPTH, SEEDS, LIMIT = 1000, 100, 31, 6, (0, 1, 2), 60
OWN, RIVALS = ("riskmodel", "native", "shap"), ("shapiq", "woodelf")
SCRIPT = Path(__file__).with_name("_attribution_way.py")


def table(console: Console) -> str:
    lines = [
        f"## Attributions: {ROWS:,} rows of Taiwan, {TREES} trees of depth {DEPTH}, one thread, seeds 0, 1, 2",
        "",
        "Seconds are of the processor, the best of two. Difference: the largest from riskmodel's, in log-odds.",
        "",
        "| library | seed | way | us a row | times riskmodel's | difference |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            for path in _models(Path(folder), seed):
                lines += _timed(path, seed, Path(folder))
                console.print("\n".join(lines[-5:]))
    return "\n".join(lines)


def _models(folder: Path, seed: int) -> list[Path]:
    import lightgbm
    import xgboost

    development, test = cut("Taiwan", seed)
    train = development.train
    np.save(folder / "rows.npy", test.matrix[:ROWS])
    shared = {"max_depth": DEPTH, "learning_rate": 0.1}
    ours = {**shared, "objective": "binary", "num_leaves": LEAVES, "num_threads": 1, "verbose": -1}
    lightgbm.train(ours, lightgbm.Dataset(train.matrix, train.default), TREES).save_model(folder / "model.txt")
    theirs = {**shared, "objective": "binary:logistic", "nthread": 1}
    xgboost.train(theirs, xgboost.DMatrix(train.matrix, train.default), TREES).save_model(folder / "model.json")
    return [folder / "model.txt", folder / "model.json"]


def _timed(path: Path, seed: int, folder: Path) -> list[str]:
    library, lines, first, expected = "LightGBM" if path.suffix == ".txt" else "XGBoost", [], 0.0, np.zeros(0)
    for way in (*OWN, *RIVALS):
        made = _in_a_process(way, path, folder)
        head = f"| {library} | {seed} | {way} "
        if "seconds" not in made:
            lines.append(f"{head}| {made['absent']} | | |")
            continue
        values = np.load(folder / f"{way}.npy")
        if way == "riskmodel":
            first, expected = made["seconds"], values
        gap = np.abs(values - expected).max()
        lines.append(f"{head}| {made['seconds'] * 1e6:,.1f} | {made['seconds'] / first:.1f} | {gap:.1e} |")
    return lines


def _in_a_process(way: str, path: Path, folder: Path) -> dict:
    python = os.environ.get("RIVALS_PYTHON", sys.executable) if way in RIVALS else sys.executable
    command = [python, SCRIPT, way, path, folder / "rows.npy", folder / f"{way}.npy"]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "PYTHONPATH": "" if way in RIVALS else str(Path.cwd())}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return {"absent": f"not done after {LIMIT} s by the wall"}
    if done.returncode:
        return {"absent": done.stderr.strip().splitlines()[-1][:120].replace("|", "/")}
    return json.loads(done.stdout.strip().splitlines()[-1])
