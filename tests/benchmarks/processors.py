"""What of a saved scorer changes with the processor: each kind made here, opened under each setting, 30,000 rows.

The rows are Taiwan's. A setting is what tests/processors/settings.py tells the libraries; Haswell is emulated by
qemu-user, ONNX Runtime and the C library with it. A decision turns where a PD is on the other side of the cutoff, which
declines 20 % of tune.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from riskmodel import bundle, compression, scorers
from riskmodel.core import Development, Policy, Scorer
from tests.benchmarks._tables import cut
from tests.processors.settings import HASWELL, SETTINGS, environment, why_no_haswell, why_not

WORKER = Path("tests/processors/worker.py")
KINDS = {
    "lgbm": ("lgbm", {"search": 0}),
    "xgb": ("xgb", {"search": 0}),
    "scorecard": ("scorecard", {}),
    "simple": ("simple", {}),
    "neural": ("neural", {}),
    "mlp": ("mlp", {"hidden": [256, 256], "epochs": 6}),
    "blend": ("blend", {"of": [{"kind": "lgbm", "options": {"search": 0}}, {"kind": "mlp", "options": {"epochs": 6}}]}),
}
COMPRESSED = (
    ("onnx", "lgbm"),
    ("onnx", "neural"),
    ("int8_dynamic", "neural"),
    ("int8_static", "neural"),
    ("int8_dynamic", "mlp"),
    ("int8_static", "mlp"),
)
DECLINED = 0.2

Answers = dict[str, np.ndarray]


def table(console: Console) -> str:
    """Largest difference of a PD and decisions that turn, by kind and setting."""
    if answers := why_not():
        return f"## The same on every processor\n\nNot measured: {answers}."
    development, test = cut("Taiwan", 0)
    with tempfile.TemporaryDirectory() as folder:
        made = dict(_made(development, test.features))
        cutoffs = {name: _saved(scorer, development, Path(folder) / name) for name, scorer in made.items()}
        samples = (development.train, development.tune, test)
        rows = np.concatenate([sample.columns(test.features) for sample in samples])
        np.save(Path(folder) / "rows.npy", rows)
        tried = {name: _answers(Path(folder), name) for name in track(_settings(), "processors", console=console)}
    answers = {name: answers for name, answers in tried.items() if answers is not None}
    failed = [f"\n\nNot measured: {name}, whose emulation ended in a fault." for name in tried if name not in answers]
    return _text(answers, cutoffs, len(rows)) + "".join(failed)


def _settings() -> list[str]:
    return [*SETTINGS, *(["emulated Haswell"] if why_no_haswell() is None else [])]


def _made(development: Development, features: tuple) -> Iterator[tuple[str, Scorer]]:
    fitted = {name: scorers.recipe(*given).fit(development, features, 0) for name, given in KINDS.items()}
    yield from fitted.items()
    for name, of in COMPRESSED:
        yield f"{name} of {of}", compression.make(name).compress(fitted[of])


def _saved(scorer: Scorer, development: Development, folder: Path) -> float:
    cutoff = float(np.quantile(scorer.score(development.tune), 1 - DECLINED))
    bundle.save(bundle.pack(scorer, Policy(cutoff, cutoff, (0.1, 0.2)), {}, {}), folder)
    return cutoff


def _answers(folder: Path, setting: str) -> Answers | None:
    """What the bundles answer under a setting; None where the emulation dies, which no library's own kernels do."""
    before, given = ((), setting) if setting in SETTINGS else (HASWELL, "as it is")
    command = [*before, sys.executable, str(WORKER), "open", str(folder), "answers"]
    done = subprocess.run(command, env=environment(given), check=not before, stderr=subprocess.DEVNULL)
    if done.returncode:
        return None
    return dict(np.load(folder / "answers.npz"))


def _text(answers: dict[str, Answers], cutoffs: dict[str, float], rows: int) -> str:
    here, *others = answers
    lines = [
        f"## The same on every processor: {rows:,} rows of Taiwan, made on this one and opened as on others",
        "",
        "Largest difference of a PD, and decisions that turn (20 % declined). Equal: every bit of the log-odds.",
        "Beyond the tolerance a bundle is not opened; of bytes it is what quantising moved.",
        "",
        f"| bundle | tolerance | {' | '.join(others)} |",
        "|---" * (len(others) + 2) + "|",
    ]
    for name, cutoff in cutoffs.items():
        before = answers[here]
        cells = [_cell(name, before, answers[other], cutoff) for other in others]
        lines.append(f"| {name} | {float(before[f'{name} tolerance']):.0e} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(name: str, before: Answers, after: Answers, cutoff: float) -> str:
    apart = float(np.abs(after[f"{name} pd"] - before[f"{name} pd"]).max())
    turned = int(((after[f"{name} pd"] >= cutoff) != (before[f"{name} pd"] >= cutoff)).sum())
    equal = after[f"{name} margin"].tobytes() == before[f"{name} margin"].tobytes()
    return f"{'equal' if equal else f'{apart:.1e}'}, {turned}"
