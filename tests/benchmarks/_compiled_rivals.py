"""The other compilers of trees: ONNX Runtime here, and lleaves in an environment of its own.

lleaves needs an llvmlite that numba no longer takes; it is installed into data/raw/rivals/lleaves and called as a
process, which times itself with the rows and threads that the others get, one round after the other.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np

from riskmodel.onnx_export import Drawing, opened, tree_margin
from riskmodel.scorers.lgbm import reader
from tests.benchmarks._tables import RAW

ONNX, LLEAVES = "ONNX Runtime, float32", "lleaves"
PINNED = ("lleaves==1.3.0", "llvmlite==0.44.0", "lightgbm==4.6.0", "pandas==2.3.3")
HOME = RAW / "rivals" / "lleaves"
SCRIPT = """
import json, sys, time
import lleaves, numpy as np
model, rows, given, cache = sys.argv[1], np.load(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4]
start = time.perf_counter()
compiled = lleaves.Model(model_file=model)
compiled.compile(cache=cache, raw_score=True)
told = {"compile": time.perf_counter() - start, "margin": compiled.predict(rows[:100], n_jobs=1).tolist(), "took": {}}
for count, rounds, threads in given:
    part, took = rows[:count], []
    compiled.predict(part, n_jobs=threads)
    for _ in range(rounds):
        start = time.perf_counter()
        compiled.predict(part, n_jobs=threads)
        took.append(time.perf_counter() - start)
    told["took"][f"{count} {threads}"] = sorted(took)[len(took) // 2]
print(json.dumps(told))
"""


def onnx_runtime(model: lightgbm.Booster, threads: int) -> Callable[[np.ndarray], np.ndarray]:
    """Margins by one TreeEnsemble node of ONNX Runtime, in single precision: the faster one there."""
    trees, _ = reader.read(model.model_to_string())
    drawing = Drawing(trees.n_features, "float32")
    return opened(drawing.finished(tree_margin(drawing, "rows", trees)), trees.n_features, threads).run


def lleaves(model: lightgbm.Booster, rows: np.ndarray, asked: list[tuple[int, int, int]]) -> dict[str, float]:
    """Median seconds by "rows threads", of (rows, rounds, threads); and under "compile" what making it ready took.

    Empty where lleaves cannot be had or refuses the model; why is told on standard error.
    """
    program, environment = HOME / "bin" / "python", {**os.environ, "PYTHONPATH": ""}
    if not program.exists():
        venv.create(HOME, with_pip=True)
        install = [program, "-m", "pip", "install", "--quiet", *PINNED]
        subprocess.run(install, env=environment, check=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.save_model(folder / "model.txt")
        np.save(folder / "rows.npy", rows)
        command = [program, "-c", SCRIPT, folder / "model.txt", folder / "rows.npy", json.dumps(asked), folder / "kept"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"left out: lleaves: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return {}
    answer = json.loads(done.stdout.splitlines()[-1])
    np.testing.assert_allclose(answer["margin"], model.predict(rows[:100], raw_score=True), atol=1e-9)
    return {"compile": answer["compile"], **answer["took"]}
