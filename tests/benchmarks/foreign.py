"""Networks from elsewhere: read, cut to a quarter of their units, written; held to their own library before and after.

PyTorch's (by ONNX) and scikit-learn's (in memory) are trained on six months of Taiwan (train), refitted by least
squares on development, judged on test; hand-made ONNX networks have drawn weights and so no AUC. Differences are paired
(DeLong), with one-sided 95 % bounds. Keras's are trained and exported by the Python that KERAS_PYTHON names, of an
environment with tensorflow-cpu and tf2onnx; without it they are left out.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
from rich.console import Console
from sklearn.neural_network import MLPClassifier

from riskmodel.core import Calibration, Column, Development, Kind, Sample, Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.networks.graph import Graph, units_of, without_units
from riskmodel.onnx_export.foreign import OnnxNetwork, network_of
from riskmodel.scorers.foreign.memory_network import MemoryNetworkScorer
from riskmodel.scorers.foreign.onnx_network import network_scorer_of
from riskmodel.scorers.foreign.sklearn_networks import classifier_network
from riskmodel.workflows.prune.network import network_pruner
from tests.benchmarks import _foreign_torch
from tests.benchmarks._tables import cut

sys.path.insert(0, str(Path(__file__).parents[1]))  # the helpers of tests import each other by name
from drawn_onnx import drawn_network, rows_for
from drawn_sequences import COLUMNS, DRAWN

KEEP, BOUND, MARGIN = 0.25, 1.645, 0.005
KERAS = Path(__file__).with_name("_foreign_keras.py")
LATEST = ("PAY_0", *(f"PAY_{i}" for i in range(2, 7)))
MONTHS = [
    name for month in reversed(range(6)) for name in (LATEST[month], f"BILL_AMT{month + 1}", f"PAY_AMT{month + 1}")
]
NAMES = (*MONTHS, "LIMIT_BAL", "AGE")  # the oldest month first
LAYERS: dict[str, tuple[tuple[int, ...], str]] = {
    "MLPClassifier 100, relu": ((100,), "relu"),
    "MLPClassifier 64-64, relu": ((64, 64), "relu"),
    "MLPClassifier 64-32, tanh": ((64, 32), "tanh"),
    "MLPClassifier 64, logistic": ((64,), "logistic"),
    "MLPClassifier 128-64-32, relu": ((128, 64, 32), "relu"),
}
Line = Sequence[str]


def table(console: Console) -> str:
    development, test = _scaled(*cut("Taiwan", 0))
    lines: list[Line] = []
    for cells in (_torch(development, test), _keras(development, test), _sklearn(development, test), _drawn()):
        for cell in cells:
            console.print(*cell)
            lines.append(cell)
    head = ["## Networks from elsewhere, cut to a quarter of their units (Taiwan, split 0)", ""]
    head += ["| network | units | weights, before and after | PD apart, read | PD apart, written | AUC on test | cut |"]
    return "\n".join([*head, "|---|---|---|---|---|---|---|", *(f"| {' | '.join(line)} |" for line in lines)])


def _scaled(development: Development, test: Sample) -> tuple[Development, Sample]:
    """The twenty numbers in their order, by mean and spread of train, in single precision as the networks take them."""
    places = [[column.name for column in test.features].index(name) for name in NAMES]
    train = development.train.matrix[:, places]
    mean, spread = train.mean(axis=0), train.std(axis=0)
    features = tuple(Column(name, Kind.NUMERIC) for name in NAMES)

    def of(sample: Sample) -> Sample:
        matrix = ((sample.matrix[:, places] - mean) / spread).astype(np.float32).astype(np.float64)
        return replace(sample, features=features, matrix=matrix)

    return replace(development, train=of(development.train), tune=of(development.tune)), of(test)


def _torch(development: Development, test: Sample) -> Iterator[Line]:
    train = development.train
    for name in _foreign_torch.NETWORKS:
        module = _foreign_torch.trained(name, train.matrix, train.default)
        yield _file(f"PyTorch, {name}", _foreign_torch.exported(module), development, test)


def _keras(development: Development, test: Sample) -> Iterator[Line]:
    python = os.environ.get("KERAS_PYTHON")
    if python is None:
        return
    with tempfile.TemporaryDirectory() as place:
        folder, train = Path(place), development.train
        rows = {"train": train.matrix, "test": test.matrix}
        np.savez(folder / "rows.npz", default=train.default, **{n: m.astype(np.float32) for n, m in rows.items()})
        subprocess.run([python, KERAS, folder / "rows.npz", folder], check=True, capture_output=True)
        for file in sorted(folder.glob("*.onnx")):
            own = np.load(file.with_suffix(".npz"))
            yield _file(f"Keras, {own['name']}", file.read_bytes(), development, test, own["pd"])


def _file(name: str, content: bytes, development: Development, test: Sample, own: np.ndarray | None = None) -> Line:
    """An ONNX file; what it is held to is its framework's own PDs where they are at hand."""
    try:
        given = network_scorer_of(content, NAMES)
    except UnsupportedScorer as refusal:
        return (name, "", "", "", "", "", f"refused: {str(refusal).partition(':')[0]}")
    pd, small = given.pd(test.matrix), _cut(given, development)
    apart = _apart(given.network, pd, test.matrix) if own is None else float(np.abs(own - pd).max())
    again = network_scorer_of(small.network.content, NAMES)
    written = _apart(again.network, small.pd(test.matrix), test.matrix)
    return _line(name, given.graph, small.graph, (apart, written), (given, small, test))


def _sklearn(development: Development, test: Sample) -> Iterator[Line]:
    train = development.train
    for name, (hidden, activation) in LAYERS.items():
        model = MLPClassifier(hidden, activation=activation, max_iter=8, random_state=0)
        with np.errstate(all="ignore"):
            model.fit(train.matrix, train.default)
        network = classifier_network(model)
        given = MemoryNetworkScorer(train.features, Calibration(), network.graph)
        small = _cut(given, development)
        apart = float(np.abs(model.predict_proba(test.matrix)[:, 1] - given.pd(test.matrix)).max())
        rebuilt = network.rebuilt(small.graph)
        written = float(np.abs(rebuilt.predict_proba(test.matrix)[:, 1] - small.pd(test.matrix)).max())
        yield _line(f"scikit-learn, {name}", given.graph, small.graph, (apart, written), (given, small, test))


def _drawn() -> Iterator[Line]:
    """Three dense ones and seven of months; every other unit but the first of each layer goes, three of four."""
    contents = {f"dense, drawn {seed}": drawn_network(seed) for seed in range(3)} | {
        n: made() for n, made in DRAWN.items()
    }
    for name, content in contents.items():
        network = network_of(content)
        matrix = rows_for(network.columns, 500) if network.columns < COLUMNS else _normal(network.columns)
        gone = {int(unit) for layer in units_of(network.graph).layers for i, unit in enumerate(layer.units) if i % 4}
        small = network.with_graph(without_units(network.graph, units_of(network.graph), gone))
        apart, written = (_apart(one, network_scorer_of(one).pd(matrix), matrix) for one in (network, small))
        yield _line(f"hand-made, {name}", network.graph, small.graph, (apart, written), None)


def _normal(columns: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(500, columns)).astype(np.float32).astype(np.float64)


def _cut(given: Scorer, development: Development) -> Scorer:
    pruner = network_pruner("neurons", "obs")
    return pruner.apply(pruner.plan(given, development, KEEP), given, development)


def _apart(network: OnnxNetwork, pd: np.ndarray, matrix: np.ndarray) -> float:
    """How far the PD of a plain ONNX Runtime is from ours."""
    session = onnxruntime.InferenceSession(network.content, providers=["CPUExecutionProvider"])
    answer = session.run(None, network.feeds(matrix))[0].reshape(len(matrix), -1)
    return float(np.abs(network.pd_of(answer) - pd).max())


def _line(name: str, before: Graph, after: Graph, apart: tuple[float, float], judged) -> Line:
    units = [sum(len(layer.units) for layer in units_of(graph).layers) for graph in (before, after)]
    weights = f"{before.parameters:,} to {after.parameters:,}"
    return (name, f"{units[0]} to {units[1]}", weights, *(f"{gap:.0e}" for gap in apart), *_judged(judged))


def _judged(judged: tuple[Scorer, Scorer, Sample] | None) -> tuple[str, str]:
    if judged is None:
        return "", ""
    given, small, test = judged
    whole, left = (placements(test.default, scorer.pd(test.matrix)) for scorer in (given, small))
    change = left - whole
    low = change.auc - BOUND * change.standard_error
    return f"{whole.auc:.4f}", f"{change.auc:+.4f} (bound {low:+.4f}{', non-inferior' if low > -MARGIN else ''})"
