"""Compiled trees against the libraries that trained them: rows a second, microseconds for one row, time to be ready.

Models of three shapes on a table of 23 numbers with gaps, and one on the portfolio, whose splits are by category too.
Rivals get what serves them best: contiguous numpy, raw scores, no check of shapes, the same number of threads. Rounds
are interleaved in a random order, and medians are told; a call's garbage collection is off.
"""

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter, perf_counter_ns

import lightgbm
import numpy as np
import xgboost
from rich.console import Console

from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets.outcome import outcome
from riskmodel.scorers.lgbm import reader as lgbm_reader
from riskmodel.scorers.xgb import reader as xgb_reader
from riskmodel.trees.compiled import compile_trees
from tests.benchmarks import _compiled_rivals as rivals
from tests.benchmarks._compiled_rivals import LLEAVES, ONNX

SHAPES = ((500, 31), (100, 31), (60, 8))
BATCHES = {10_000: 9, 100_000: 3}  # rows, and how many rounds are timed
THREADS = (1, 2)
SINGLE = 2000  # rows one by one, in runs of
RUN = 50  # on one model, as in service: taken row by row, XGBoost would leave the others a cold processor
TRAINED_ON = 60_000
OURS, LIGHTGBM, XGBOOST = "compiled", "LightGBM", "XGBoost"
OURS_XGBOOST = "compiled from XGBoost"
NAMES = (OURS, LIGHTGBM, ONNX, OURS_XGBOOST, XGBOOST)
READY = """
from time import perf_counter
start = perf_counter()
from riskmodel.trees.compiled import kernel_cache
imported = perf_counter()
kernel_cache.blocks()
blocks = perf_counter()
kernel_cache.one_by_one()
print(imported - start, blocks - imported, perf_counter() - blocks)
"""


@dataclass(frozen=True)
class Case:
    """A model of each library, of one shape, and fresh rows."""

    name: str
    lgbm: lightgbm.Booster
    xgb: xgboost.Booster
    rows: np.ndarray

    def calls(self, threads: int) -> Mapping[str, Callable[[np.ndarray], np.ndarray]]:
        """What scores a matrix, by name."""
        ours = compile_trees(lgbm_reader.read(self.lgbm.model_to_string())[0])
        ours_xgb = compile_trees(xgb_reader.read(bytes(self.xgb.save_raw("json")))[0])
        settings = {"raw_score": True, "num_threads": threads, "predict_disable_shape_check": True}

        def xgb(rows: np.ndarray) -> np.ndarray:
            return self.xgb.inplace_predict(rows, predict_type="margin", validate_features=False)

        return {
            OURS: lambda rows: ours.margins(rows, threads),
            LIGHTGBM: lambda rows: self.lgbm.predict(rows, **settings),
            ONNX: rivals.onnx_runtime(self.lgbm, threads),
            OURS_XGBOOST: lambda rows: ours_xgb.margins(rows, threads),
            XGBOOST: xgb,
        }


def table(console: Console) -> str:
    """Rows a second by shape, batch and threads; one row; how soon all is ready."""
    batches, singles, compiling = [], [], []
    for case in cases():
        console.print(case.name)
        compiling.append(_compiling(case))
        theirs = _lleaves(case)
        compiling += [f"- {case.name}, lleaves: {theirs['compile']:.0f} s"] if theirs else []
        sizes = [(rows, rounds, threads) for rows, rounds in BATCHES.items() for threads in THREADS]
        batches += [_batch(case, *size, theirs.get(f"{size[0]} {size[2]}")) for size in sizes]
        singles.append(_single(case))
    against = (LIGHTGBM, LLEAVES, XGBOOST)
    head = ["trees x leaves", "rows", "threads", *NAMES, LLEAVES, *(f"times {name}" for name in against)]
    lines = [
        "## Compiled trees: rows a second, median",
        "",
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
        *batches,
    ]
    lines += ["", "### One row, microseconds, median", ""]
    lines += [f"| trees x leaves | {' | '.join(NAMES)} | times LightGBM |", "|---" * 7 + "|", *singles]
    lines += ["", "### Until the first row can be scored", "", *_ready(), *compiling]
    return "\n".join(lines)


def cases() -> Iterator[Case]:
    """The shapes on numbers, then the largest on the portfolio."""
    development, default = numbers(TRAINED_ON, 0)
    fresh, _ = numbers(max(BATCHES), 1)
    for trees, leaves in SHAPES:
        yield _case(f"{trees} x {leaves}", (trees, leaves), development, default, fresh)
    whole = synthetic.portfolio(TRAINED_ON + max(BATCHES), seed=0)
    default = outcome(whole, "default")
    columns = schema.learn(whole, synthetic.roles(""), default).features
    matrix = encode.matrix(whole, columns)
    codes = [i for i, column in enumerate(columns) if column.categories]
    parts = matrix[:TRAINED_ON], default[:TRAINED_ON], matrix[TRAINED_ON:]
    yield _case("500 x 31, categories", SHAPES[0], *parts, codes=codes)


def numbers(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """23 columns of numbers, some in whole steps, one value in twenty missing; and an outcome that hangs on them."""
    draw, width = np.random.default_rng(seed), 23
    factors = draw.normal(size=(rows, 6))
    x = factors @ np.random.default_rng(42).normal(size=(6, width)) + draw.normal(size=(rows, width))
    x[:, ::4], x[:, 1::5] = np.round(np.exp(x[:, ::4] / 2), 2), np.round(x[:, 1::5])
    margin = 0.7 * np.tanh(x[:, 2]) + 0.5 * (x[:, 1] > 1) * (x[:, 3] < 0) - 0.4 * np.log1p(np.abs(x[:, 5])) - 1.8
    margin += 0.6 * np.sin(x[:, 6]) + 0.3 * factors[:, 0] * factors[:, 1]
    x[draw.random(x.shape) < 0.05] = np.nan
    return x, (draw.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)


def _case(
    name: str,
    shape: tuple[int, int],
    development: np.ndarray,
    default: np.ndarray,
    fresh: np.ndarray,
    *,
    codes: list[int] | None = None,
) -> Case:
    trees, leaves = shape
    given = {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.05, "verbose": -1, "seed": 0}
    lgbm = lightgbm.train(given, lightgbm.Dataset(development, default, categorical_feature=codes or []), trees)
    kinds = ["c" if i in (codes or []) else "q" for i in range(development.shape[1])]
    data = xgboost.DMatrix(development, default, feature_types=kinds, enable_categorical=True)
    grown = {"max_leaves": leaves, "max_depth": 0, "grow_policy": "lossguide", "learning_rate": 0.05, "seed": 0}
    xgb = xgboost.train({"objective": "binary:logistic", **grown}, data, trees)
    return Case(name, lgbm, xgb, np.ascontiguousarray(fresh))


def _lleaves(case: Case) -> dict[str, float]:
    """Its process just before the others' rounds: it cannot be interleaved with them."""
    if "categories" in case.name:
        return {}
    asked = [(rows, rounds, threads) for rows, rounds in BATCHES.items() for threads in THREADS]
    return rivals.lleaves(case.lgbm, case.rows, asked)


def _batch(case: Case, rows: int, rounds: int, threads: int, lleaves: float | None) -> str:
    matrix = case.rows[:rows]
    case.xgb.set_param({"nthread": threads})
    calls = case.calls(threads)
    _check(calls, matrix)
    took = _interleaved({name: (lambda call=call: call(matrix)) for name, call in calls.items()}, rounds)
    rate = {name: rows / seconds for name, seconds in took.items()}
    cells = " | ".join(f"{rate[name]:,.0f}" for name in NAMES)
    theirs, times = ("", "") if lleaves is None else (f"{rows / lleaves:,.0f}", f"{rate[OURS] * lleaves / rows:.1f}")
    return (
        f"| {case.name} | {rows:,} | {threads} | {cells} | {theirs} | {rate[OURS] / rate[LIGHTGBM]:.1f} | {times} "
        f"| {rate[OURS_XGBOOST] / rate[XGBOOST]:.1f} |"
    )


def _check(calls: Mapping[str, Callable[[np.ndarray], np.ndarray]], matrix: np.ndarray) -> None:
    """No figure without the same answer: to the last bit of LightGBM's, within single precision of XGBoost's."""
    np.testing.assert_array_equal(calls[OURS](matrix), calls[LIGHTGBM](matrix))
    np.testing.assert_allclose(calls[OURS](matrix), calls[ONNX](matrix), rtol=0, atol=1e-4)
    np.testing.assert_allclose(calls[OURS_XGBOOST](matrix), calls[XGBOOST](matrix), rtol=0, atol=1e-4)


def _single(case: Case) -> str:
    case.xgb.set_param({"nthread": 1})
    ours = compile_trees(lgbm_reader.read(case.lgbm.model_to_string())[0])
    ours_xgb = compile_trees(xgb_reader.read(bytes(case.xgb.save_raw("json")))[0])
    calls = case.calls(1)
    draw = np.random.default_rng(0)
    took: dict[str, list[int]] = {name: [] for name in calls}
    one = {
        OURS: ours.margin_of_row,
        OURS_XGBOOST: ours_xgb.margin_of_row,
        **{name: (lambda row, name=name: calls[name](row[None])) for name in (LIGHTGBM, ONNX, XGBOOST)},
    }
    for rows in np.split(case.rows[:SINGLE], SINGLE // RUN):
        for name in draw.permutation(list(one)):
            took[name] += [_nanoseconds(one[name], row) for row in rows]
    median = {name: float(np.median(times)) / 1e3 for name, times in took.items()}
    cells = " | ".join(f"{median[name]:.1f}" for name in NAMES)
    return f"| {case.name} | {cells} | {median[LIGHTGBM] / median[OURS]:.1f} |"


def _nanoseconds(call: Callable[[np.ndarray], object], row: np.ndarray) -> int:
    start = perf_counter_ns()
    call(row)
    return perf_counter_ns() - start


def _interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each."""
    draw, took = np.random.default_rng(0), {name: [] for name in calls}
    gc.disable()
    try:
        for _ in range(rounds):
            for name in draw.permutation(list(calls)):
                start = perf_counter()
                calls[name]()
                took[name].append(perf_counter() - start)
    finally:
        gc.enable()
    return {name: float(np.median(times)) for name, times in took.items()}


def _ready() -> Iterator[str]:
    """A fresh process with an empty cache, then one that finds it full."""
    with tempfile.TemporaryDirectory() as folder:
        for state in ("nothing is compiled", "kernels come from the cache"):
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
            done = subprocess.run(
                [sys.executable, "-c", READY], env=environment, capture_output=True, text=True, check=True
            )
            imported, blocks, single = map(float, done.stdout.split())
            yield (
                f"- {state}: {blocks:.2f} s for blocks of rows (numba's own start in it), {single:.2f} s for single "
                f"rows, after {imported:.2f} s of imports"
            )


def _compiling(case: Case) -> str:
    ensemble, _ = lgbm_reader.read(case.lgbm.model_to_string())
    compile_trees(ensemble)
    took = _interleaved({"compile": lambda: compile_trees(ensemble)}, 9)["compile"]
    size = len(compile_trees(ensemble).form)
    return f"- {case.name}: trees to their compiled form in {1e3 * took:.0f} ms, {size / 1024:,.0f} KiB"
