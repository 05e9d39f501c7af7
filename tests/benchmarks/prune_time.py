"""CPU seconds of `riskmodel prune`, as its user calls it: a new process, one thread, a model of 100 trees.

Rows are made up, 12 features, 31 leaves a tree. Compiled kernels come from the cache, as after a first call.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import lightgbm
import pyarrow.parquet as pq
import xgboost
from rich.console import Console

from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets.outcome import outcome

ROWS = (8_000, 30_000)
CALLS = {"the default": (), "--keep .1": ("--keep", "0.1"), "--method best": ("--method", "best")}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
SETTINGS = {"learning_rate": 0.05, "seed": 0}


def table(console: Console) -> str:
    """Seconds by rows, library and what is asked for."""
    lines = [
        "## The time of `riskmodel prune`: a model of 100 trees of 31 leaves, CPU seconds of one process, one thread",
        "",
        "| rows | model | " + " | ".join(CALLS) + " |",
        "|---" * (2 + len(CALLS)) + "|",
    ]
    with tempfile.TemporaryDirectory() as name:
        for rows in ROWS:
            folder = Path(name) / str(rows)
            folder.mkdir()
            for model in _models(folder, rows):
                console.print("prune", rows, model.name)
                _seconds(folder, model, ())  # compiles what is not in the cache
                took = [f"{_seconds(folder, model, call):.1f}" for call in CALLS.values()]
                lines.append(f"| {rows:,} | {model.stem} | {' | '.join(took)} |")
    return "\n".join(lines)


def _models(folder: Path, rows: int) -> list[Path]:
    """Files of both libraries, trained on half of as many other rows; beside them the table to prune on."""
    whole = synthetic.portfolio(2 * rows, seed=0)
    default = outcome(whole, "default")
    columns = schema.learn(whole, synthetic.roles(""), default)
    numeric = tuple(column for column in columns.features if not column.categories)
    matrix = encode.matrix(whole, numeric)
    names = [column.name for column in numeric]
    pq.write_table(whole.slice(0, rows).select([*names, "default"]), folder / "rows.parquet")
    new = slice(rows, None)
    data = lightgbm.Dataset(matrix[new], default[new], feature_name=names)
    light = lightgbm.train({"objective": "binary", "num_leaves": 31, "verbose": -1, **SETTINGS}, data, 100)
    light.save_model(folder / "lgbm.txt")
    rows_ = xgboost.DMatrix(matrix[new], default[new], feature_names=names)
    grown = {"objective": "binary:logistic", "max_leaves": 31, "max_depth": 0, "grow_policy": "lossguide", **SETTINGS}
    xgboost.train(grown, rows_, 100).save_model(folder / "xgb.json")
    return [folder / "lgbm.txt", folder / "xgb.json"]


def _seconds(folder: Path, model: Path, more: tuple[str, ...]) -> float:
    """Of the child alone, user and system. Exit code 3, nothing confirmed, is an answer too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    arguments = ["prune", str(model), "--data", str(folder / "rows.parquet"), "--target", "default"]
    call = [
        sys.executable,
        "-c",
        "from riskmodel.cli import main; main()",
        *arguments,
        "--output",
        str(folder / f"small{model.suffix}"),
        *more,
    ]
    done = subprocess.run(
        call, check=False, capture_output=True, text=True, env={**os.environ, **dict.fromkeys(THREADS, "1")}
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
