"""What compressing costs and gains on Taiwan: bytes, time, PDs that move and decisions that turn; sparsity.

60/20/20 by seed: fitted on train and tune, judged on test. The cutoff declines 20 % of tune; recalibration is what a
run does after every step. Times are CPU time of the one thread that computes, the least of interleaved calls from a
matrix: what other programs on the machine take only ever adds.
"""

import gzip
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import track
from scipy import sparse
from scipy.stats import t
from threadpoolctl import threadpool_limits

from riskmodel import compression, pruning, scorers
from riskmodel.core import Development, Sample, Scorer
from riskmodel.evaluation import auc, fit_calibration, log_loss
from riskmodel.evaluation.metrics.discrimination import placements
from riskmodel.networks import Network
from riskmodel.onnx_export import Drawing, network_margin, opened
from riskmodel.scorers.blend import BlendRecipe, blended
from tests.benchmarks._tables import cut

SEEDS = (0, 1, 2, 3, 4)
DECLINED = 0.2
BATCH = 10_000
ROUNDS = 15
AS_IT_IS = "as it is"
PLAIN = "plain 256-256"
CHAMPIONS = {
    "neural": ("neural", {}),
    PLAIN: ("neural", {"members": 1, "hidden": [256, 256]}),
    "lgbm": ("lgbm", {"search": 4}),
}
CHAIN = "neurons 0.25, int8_static"
COMPRESSORS = ("float16", "bfloat16", "codebook", "onnx", "int8_dynamic", "int8_static")
SPARSITIES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)

Cells = dict[tuple[str, str], list[dict[str, float]]]
Key = TypeVar("Key")


def table(console: Console) -> str:
    """Compressors, what takes a champion's place, sparsity."""
    small: Cells = defaultdict(list)
    taught: Cells = defaultdict(list)
    for seed in track(SEEDS, "compress", console=console):
        development, test = cut("Taiwan", seed)
        champions = {name: _fitted(name, development, test, seed) for name in CHAMPIONS}
        for name in ("neural", "lgbm"):
            _add(small, name, dict(_compressed(champions[name], development)), development, test)
        _add(taught, "neural", dict(_all_students(champions, development, seed)), development, test)
        _add(taught, PLAIN, dict(_students(champions[PLAIN], development)), development, test)
    return "\n\n".join([_sizes(small), *(_worth(taught, name) for name in ("neural", PLAIN)), _sparsity()])


def _add(results: Cells, of: str, made: dict[str, Scorer], development: Development, test: Sample) -> None:
    for name, cell in _cells(made, made[AS_IT_IS], development, test).items():
        results[of, name].append(cell)


def _fitted(name: str, development: Development, test: Sample, seed: int) -> Scorer:
    kind, options = CHAMPIONS[name]
    return _recalibrated(scorers.recipe(kind, options).fit(development, test.features, seed), development)


def _recalibrated(scorer: Scorer, development: Development) -> Scorer:
    margin = scorer.raw_margin(development.tune.columns(scorer.features))
    return scorer.recalibrated(fit_calibration(margin, development.tune.default))


def _compressed(champion: Scorer, development: Development) -> Iterator[tuple[str, Scorer]]:
    yield AS_IT_IS, champion
    if champion.kind == "lgbm":
        for width in ("float64", "float32"):
            yield f"onnx {width}", compression.make("onnx", {"width": width}).compress(champion)
        return
    for name in COMPRESSORS:
        yield name, compression.make(name).compress(champion)
    pruner = pruning.make("neurons")
    cut_down = _recalibrated(pruner.apply(pruner.plan(champion, development, 0.25), champion, development), development)
    yield "neurons 0.25", cut_down
    yield CHAIN, compression.make("int8_static").compress(cut_down)


def _students(teacher: Scorer, development: Development) -> Iterator[tuple[str, Scorer]]:
    yield AS_IT_IS, teacher
    for width in (32, 16):
        pruner = pruning.make("surrogate_network", {"widest": width})
        student = pruner.apply(pruner.plan(teacher, development, 0.9), teacher, development)
        yield f"student {width}-{width}", _recalibrated(student, development)
        yield f"student {width}-{width}, onnx", _recalibrated(compression.make("onnx").compress(student), development)


def _all_students(champions: dict[str, Scorer], development: Development, seed: int) -> Iterator[tuple[str, Scorer]]:
    teacher = champions["neural"]
    yield from _students(teacher, development)
    alone = scorers.recipe("mlp", {"hidden": [32, 32], "epochs": 50, "batch": 512, "rate": 4e-3})
    yield "32-32 from outcomes alone", _recalibrated(alone.fit(development, teacher.features, seed), development)
    simplest = pruning.make("surrogate_scorecard")
    for keep in (1 / 3, 0.15):
        plan = simplest.plan(teacher, development, keep)
        yield (
            f"simplest, {int(plan.values[0])} terms",
            _recalibrated(simplest.apply(plan, teacher, development), development),
        )
    yield "lgbm", champions["lgbm"]
    both = BlendRecipe(of=[{"kind": "lgbm"}, {"kind": "neural"}])
    blend = blended([champions["lgbm"], teacher], both, seed, teacher.features).without((), development)
    yield "blend of lgbm and neural", _recalibrated(blend, development)


def _cells(
    made: dict[str, Scorer], champion: Scorer, development: Development, test: Sample
) -> dict[str, dict[str, float]]:
    """What each variant is worth on test beside the champion, and what it takes."""
    times = _times(made, test)
    cutoff = np.quantile(champion.score(development.tune), 1 - DECLINED)
    given = champion.score(test)
    cells = {}
    for name, scorer in made.items():
        pd, again = scorer.score(test), _recalibrated(scorer, development).score(test)
        shifts = np.abs(pd - given)
        change = placements(test.default, again) - placements(test.default, given)
        files = scorer.files().values()
        cells[name] = {
            "auc": auc(test.default, again).value, "delta": change.auc, "error": change.standard_error,
            "loss": log_loss(test.default, again).value,
            "bytes": sum(map(len, files)), "gzip": sum(len(gzip.compress(content, mtime=0)) for content in files),
            "median": float(np.median(shifts)), "p99": float(np.quantile(shifts, 0.99)), "most": float(shifts.max()),
            "flips": float(((pd >= cutoff) != (given >= cutoff)).mean()),
            "again": float(((again >= cutoff) != (given >= cutoff)).mean()),
            **times[name],
        }  # fmt: skip
    return cells


def _times(made: dict[str, Scorer], test: Sample) -> dict[str, dict[str, float]]:
    many = np.tile(test.matrix, (BATCH // len(test) + 1, 1))[:BATCH]
    one = np.ascontiguousarray(test.matrix[:1])
    single = _least({name: lambda s=scorer: s.raw_margin(one) for name, scorer in made.items()}, 400)
    whole = _least({name: lambda s=scorer: s.raw_margin(many) for name, scorer in made.items()}, ROUNDS)
    return {name: {"one": single[name] * 1e6, "many": whole[name] * 1e3} for name in made}


def _least(calls: dict[Key, Callable[[], object]], rounds: int) -> dict[Key, float]:
    """The least CPU seconds of each call over so many rounds; a round has every call once, in a new order."""
    random, took = np.random.default_rng(0), {name: list[float]() for name in calls}
    names = list(calls)
    with threadpool_limits(1):
        for _ in range(rounds + 2):
            for place in random.permutation(len(names)):
                name = names[place]
                start = time.thread_time()
                calls[name]()
                took[name].append(time.thread_time() - start)
    return {name: min(result[2:]) for name, result in took.items()}


def _mean(cells: list[dict[str, float]], figure: str) -> float:
    return float(np.mean([cell[figure] for cell in cells]))


def _sizes(results: Cells) -> str:
    lines = [
        f"## Compressing (Taiwan, mean over seeds {', '.join(map(str, SEEDS))})",
        "",
        "Flips: decisions on test that turn, before and after recalibration.",
        f"ONNX Runtime's floor for a call on one row: {_floor():.0f} microseconds.",
        "",
        "| scorer | compressor | AUC | bytes | gzip | 1 row, us | 10,000, ms | dPD 50 % | 99 % | max | flips | after |",
        "|---" * 12 + "|",
    ]
    for (kind, name), cells in results.items():
        m = {figure: _mean(cells, figure) for figure in cells[0]}
        lines.append(
            f"| {kind} | {name} | {m['auc']:.4f} | {m['bytes']:,.0f} | {m['gzip']:,.0f} | {m['one']:.0f} "
            f"| {m['many']:.1f} | {m['median']:.1e} | {m['p99']:.1e} | {max(c['most'] for c in cells):.1e} "
            f"| {m['flips']:.2%} | {m['again']:.2%} |"
        )
    return "\n".join(lines)


def _floor() -> float:
    """What ONNX Runtime takes for a model of one node."""
    drawing = Drawing(1, "float64")
    model, row = opened(drawing.finished(drawing.add("Neg", "rows")), 1), np.zeros((1, 1))
    return 1e6 * _least({"floor": lambda: model.run(row)}, 400)["floor"]


def _worth(results: Cells, of: str) -> str:
    lines = [
        f"## In place of the champion {of} (Taiwan, seeds {', '.join(map(str, SEEDS))})",
        "",
        f"Difference: test AUC less that of {of}, with the 95 % interval over seeds.",
        "",
        "| variant | AUC | difference | worst seed | log-loss | bytes | 10,000 rows, ms | times faster | 1 row, us |",
        "|---" * 9 + "|",
    ]
    whole = _mean(results[of, AS_IT_IS], "many")
    for name, cells in ((name, cells) for (kind, name), cells in results.items() if kind == of):
        deltas = [cell["delta"] for cell in cells]
        half = t.ppf(0.975, len(deltas) - 1) * np.std(deltas, ddof=1) / np.sqrt(len(deltas))
        mean = float(np.mean(deltas))
        change = "" if name == AS_IT_IS else f"{mean:+.4f} ({mean - half:+.4f} to {mean + half:+.4f})"
        many = _mean(cells, "many")
        lines.append(
            f"| {name} | {_mean(cells, 'auc'):.4f} | {change} | {min(deltas):+.4f} | {_mean(cells, 'loss'):.4f} "
            f"| {_mean(cells, 'bytes'):,.0f} | {many:.2f} | {whole / many:.1f} | {_mean(cells, 'one'):.0f} |"
        )
    return "\n".join(lines)


def _sparsity() -> str:
    """A plain network 40-256-256-1 with random weights, whose zeros are random too."""
    random = np.random.default_rng(0)
    coefs = [random.normal(size=shape).astype(np.float32) / 16 for shape in ((40, 256), (256, 256), (256, 1))]
    rows = random.normal(size=(BATCH, 40)).astype(np.float32)
    calls = {}
    for share in SPARSITIES:
        thin = [np.where(random.random(coef.shape) < share, np.float32(0), coef) for coef in coefs]
        calls |= {(share, "dense"): _dense(thin), (share, "CSR"): _csr(thin), (share, "ONNX"): _onnx(thin)}
    single = _least({key: lambda run=run: run(rows[:1]) for key, run in calls.items()}, 200)
    whole = _least({key: lambda run=run: run(rows) for key, run in calls.items()}, ROUNDS)
    lines = [
        "## The truth about sparsity: single weights set to zero (network 40-256-256-1, one thread)",
        "",
        "numpy's dense product, scipy's CSR, ONNX Runtime on the same zeros. Microseconds for 1 row / ms for 10,000.",
        "",
        "| zeros | numpy dense | scipy CSR | ONNX Runtime |",
        "|---|---|---|---|",
    ]
    for share in SPARSITIES:
        keys = [(share, way) for way in ("dense", "CSR", "ONNX")]
        figures = " | ".join(f"{single[key] * 1e6:.0f} / {whole[key] * 1e3:.1f}" for key in keys)
        lines.append(f"| {share:.0%} | {figures} |")
    return "\n".join(lines)


def _dense(coefs: list[np.ndarray]):
    def run(rows: np.ndarray) -> np.ndarray:
        for coef in coefs[:-1]:
            rows = np.maximum(rows @ coef, 0)
        return rows @ coefs[-1]

    return run


def _csr(coefs: list[np.ndarray]):
    """Weights in front, as CSR is quickest; rows stay transposed between the layers."""
    thin = [sparse.csr_array(coef.T) for coef in coefs]

    def run(rows: np.ndarray) -> np.ndarray:
        across = np.ascontiguousarray(rows.T)
        for weight in thin[:-1]:
            across = np.maximum(weight @ across, 0)
        return thin[-1] @ across

    return run


def _onnx(coefs: list[np.ndarray]):
    network = Network.of_mlp(coefs, [np.zeros(coef.shape[1]) for coef in coefs])
    drawing = Drawing(coefs[0].shape[0], "float32")
    return opened(drawing.finished(network_margin(drawing, "rows", network)), coefs[0].shape[0]).run
