"""Pruned networks: criterion x share kept x recovery, beside rivals of the same shape and the same training.

SEEDS=5 SETS=Taiwan,synthetic make bench    two seeds and Taiwan alone where they are left out

All are fitted on at most 20,000 rows of train, recalibrated on tune and judged on test, which none saw. Cells that were
measured are kept in data/raw/benchmarks/ and not measured again: delete them to start afresh.
"""

import json
import os
import time
from collections import defaultdict
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from scipy.stats import t

from riskmodel import pruning, scorers
from riskmodel.core import Calibration, Development, Sample, Scorer
from riskmodel.evaluation import auc, fit_calibration, log_loss
from riskmodel.pruning.algorithms.networks.criteria import OF_NEURONS, OF_WEIGHTS
from tests.benchmarks import _network_rivals as rivals
from tests.benchmarks._tables import RAW, available, cut

CELLS = RAW / "benchmarks"
KEEPS = (0.5, 0.25, 0.12, 0.06)
TRAIN_ROWS = 20_000
KINDS = {"MLP 256-256": {"members": 1, "hidden": [256, 256]}, "TabM-mini": {}}
RECOVERIES = {
    "none": {"compensate": "none", "refit_head": False, "epochs": 0},
    "compensation": {"compensate": "least_squares", "refit_head": True, "epochs": 0},
    "3 epochs": {"compensate": "least_squares", "refit_head": True, "epochs": 3},
}
NATIVE = {"variance": "bias", "correlation": "merge", "cosine": "merge"}  # what belongs to the criterion itself
PARTS = ("ours", "rivals", *(f"neurons {name}" for name in OF_NEURONS), *(f"weights {name}" for name in OF_WEIGHTS))
EPOCHS = 12  # of all in the second table
TUNED = f"{EPOCHS} epochs"
WEIGHTS = "ours, weights"
RIVALS = (
    "ours, no PD", "from scratch", "from scratch, longer", "torch.nn.utils.prune", "Torch-Pruning", "onnxsim",
    WEIGHTS, "torch.nn.utils.prune, weights",
)  # fmt: skip


def table(console: Console) -> str:
    """The tables, from the cells of this run and of earlier ones."""
    wanted = os.environ.get("SETS", "Taiwan").split(",")
    CELLS.mkdir(parents=True, exist_ok=True)
    rivals.fetch()
    names = [name for name in available() if name in wanted]
    for job in product(names, range(int(os.environ.get("SEEDS", "2"))), KINDS, PARTS):
        if not _path(*job).with_suffix(".json").exists():
            console.print(", ".join(map(str, job)))
            measure(*job)
    cells = [cell for path in sorted(CELLS.glob("network-*.json")) for cell in json.loads(path.read_text())]
    criteria = [_criteria(cells, *job) for job in product(available(), KINDS, ("neurons", "weights"))]
    parts = [part for part in [*criteria, _everywhere(cells), *(_against(cells, kind) for kind in KINDS)] if part]
    return "\n\n".join([_heading(cells), *parts])


def measure(name: str, seed: int, kind: str, part: str) -> None:
    """One part of the table for one network on one split, written as one file."""
    development, test = cut(name, seed)
    rows = np.random.default_rng(seed).permutation(len(development.train))[:TRAIN_ROWS]
    development = replace(development, train=development.train.take(rows))
    whole = _champion(name, seed, kind, development)
    ground = Ground({"set": name, "seed": seed, "network": kind}, whole, development, test)
    if part == "ours":
        cells = [ground.cell("champion", "", 1.0, "", whole), *ground.ours()]
    elif part == "rivals":
        cells = ground.rivals()
    else:
        unit, criterion = part.split()
        cells = [cell for label, how in RECOVERIES.items() for cell in ground.pruned(unit, criterion, label, how)]
    _write(_path(name, seed, kind, part).with_suffix(".json"), json.dumps(cells).encode())


def _champion(name: str, seed: int, kind: str, development: Development) -> Scorer:
    """Fitted once for all parts."""
    folder = _path(name, seed, kind, "champion")
    if not folder.exists():
        scorer = scorers.recipe("neural", KINDS[kind]).fit(development, development.train.features, seed)
        beside = folder.with_suffix(".partial")
        beside.mkdir(exist_ok=True)
        for file, content in scorer.files().items():
            (beside / file).write_bytes(content)
        beside.replace(folder)
    return scorers.load(
        "neural", development.train.features, Calibration(), {f.name: f.read_bytes() for f in folder.iterdir()}
    )


def _path(name: str, seed: int, kind: str, part: str) -> Path:
    return CELLS / f"network-{name}-{seed}-{kind}-{part}".replace(" ", "_")


def _write(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".partial")
    beside.write_bytes(content)
    beside.replace(path)


class Ground:
    """One champion, its samples, and how all that comes of it is measured."""

    def __init__(self, key: dict, whole: Scorer, development: Development, test: Sample) -> None:
        self.key = key  # set, seed, network
        self.whole, self.development, self.test = whole, development, test

    def pruned(self, unit: str, criterion: str, label: str, options: dict) -> list[dict]:
        """One cell a share; where nothing recovers, only what belongs to the criterion itself is done."""
        if label == "none":
            options = {**options, "compensate": NATIVE.get(criterion, "none")}
        scope = {"scope": "row"} if (unit, criterion) == ("weights", "wanda") else {}
        pruner = pruning.make(unit, {"criterion": criterion, **scope, **options})
        plans = pruner.plans(self.whole, self.development, KEEPS)
        cut_down = [pruner.apply(plan, self.whole, self.development) for plan in plans]
        return [self.cell(unit, criterion, k, label, s) for k, s in zip(KEEPS, cut_down, strict=True)]

    def ours(self) -> list[dict]:
        """Neurons as they come, fine-tuned, and once more without the champion's PD in what they are tuned on."""
        return [self._tuned("neurons", *how, keep) for how in (("ours", 0.5), ("ours, no PD", 0.0)) for keep in KEEPS]

    def rivals(self) -> list[dict]:
        """After the same epochs of the same training on outcomes."""
        own = [self._tuned("weights", WEIGHTS, 0.5, keep) for keep in KEEPS]
        return [*own, *(cell for keep in KEEPS for cell in (*self._theirs(keep), *self._afresh(keep)))]

    def _tuned(self, unit: str, name: str, mix: float, keep: float) -> dict:
        pruner = pruning.make(unit, {"epochs": EPOCHS, "mix": mix})
        made = pruner.apply(pruner.plan(self.whole, self.development, keep), self.whole, self.development)
        return self.cell("rival", name, keep, TUNED, made)

    def _theirs(self, keep: float) -> list[dict]:
        network, inputs = self.whole.network, self.whole.encoded(self.development.train.matrix[:4096])
        result = {"torch.nn.utils.prune": rivals.by_torch_prune(network, keep)}
        result["torch.nn.utils.prune, weights"] = rivals.masked_by_torch_prune(network, keep)
        if network.members == 1:
            result["Torch-Pruning"] = rivals.by_torch_pruning(
                network, keep, inputs, self.development.train.default[:4096]
            )
            result["onnxsim"] = rivals.by_onnxsim(network, keep, inputs)
        tuned = {name: self.whole.fine_tune(other, self.development, EPOCHS) for name, other in result.items()}
        return [self.cell("rival", name, keep, TUNED, scorer) for name, scorer in tuned.items()]

    def _afresh(self, keep: float) -> list[dict]:
        hidden = [max(1, int(keep * width)) for width in self.whole.network.widths]
        recipe = replace(self.whole.recipe, hidden=hidden)
        longer = replace(recipe, epochs=recipe.epochs + EPOCHS)
        made = {"from scratch": recipe, "from scratch, longer": longer}
        return [
            self.cell("rival", name, keep, TUNED, how.fit(self.development, self.whole.features, self.key["seed"]))
            for name, how in made.items()
        ]

    def cell(self, unit: str, criterion: str, keep: float, recovery: str, scorer: Scorer) -> dict:
        """Recalibrated on tune; the slope is that of the raw margin on test, before recalibration."""
        raw = fit_calibration(scorer.raw_margin(self.test.matrix), self.test.default)
        tune = self.development.tune
        scorer = scorer.recalibrated(fit_calibration(scorer.raw_margin(tune.matrix), tune.default))
        pd = scorer.score(self.test)
        return {
            **self.key, "unit": unit, "criterion": criterion, "keep": keep, "recovery": recovery, "slope": raw.slope,
            "auc": auc(self.test.default, pd).value, "log_loss": log_loss(self.test.default, pd).value,
            "ms": _milliseconds(scorer, self.test), "neurons": scorer.network.neurons,
        }  # fmt: skip


def _milliseconds(scorer: Scorer, test: Sample) -> float:
    """The network alone on 10,000 rows in numpy, the least of three."""
    encoded = scorer.encoded(np.resize(test.matrix, (10_000, test.matrix.shape[1])))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        scorer.network.margin(encoded)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


# ------------------------------------------------------------------------------------------------ tables


def _heading(cells: list[dict]) -> str:
    runs = sorted({(c["set"], c["seed"]) for c in cells})
    parts = ", ".join(f"{name} {seed}" for name, seed in runs)
    lines = ["## Pruned networks", "", f"Sets and seeds: {parts}.", "", "| set | network | AUC | log-loss | ms |"]
    lines.append("|---" * 5 + "|")
    wholes = _grouped([c for c in cells if c["unit"] == "champion"], "set", "network")
    for (name, kind), result in sorted(wholes.items()):
        auc_, loss, ms = (_mean(result, figure) for figure in ("auc", "log_loss", "ms"))
        lines.append(f"| {name} | {kind} | {auc_:.4f} | {loss:.4f} | {ms:.2f} |")
    return "\n".join([*lines, "", "Times: 10,000 rows, one thread, the network alone in numpy, the least of three."])


def _criteria(cells: list[dict], name: str, kind: str, unit: str) -> str:
    """AUC less the champion's, log-loss, slope and time; the interval is over seeds, once there are two."""
    cells = [c for c in cells if (c["set"], c["network"]) == (name, kind)]
    whole = {c["seed"]: c["auc"] for c in cells if c["unit"] == "champion"}
    result = _grouped([c for c in cells if c["unit"] == unit], "criterion", "keep", "recovery")
    if not result:
        return ""
    lines = [f"### {unit} of {kind}, {name}: AUC less the champion's (log-loss, calibration slope)", ""]
    lines += [
        f"| criterion | recovery | seeds | {' | '.join(f'{keep:.0%}' for keep in KEEPS)} |",
        "|---" * (len(KEEPS) + 3) + "|",
    ]
    for criterion, recovery in product(dict.fromkeys(key[0] for key in result), RECOVERIES):
        parts = []
        for keep in KEEPS:
            part = result[criterion, keep, recovery]
            gains = [c["auc"] - whole[c["seed"]] for c in part]
            parts.append(f"{_interval(gains)} ({_mean(part, 'log_loss'):.4f}, {_mean(part, 'slope'):.2f})")
        lines.append(f"| {criterion} | {recovery} | {len(part)} | {' | '.join(parts)} |")
    times = [_mean([c for key, part in result.items() if key[1] == keep for c in part], "ms") for keep in KEEPS]
    return "\n".join([*lines, f"| milliseconds | | | {' | '.join(f'{ms:.2f}' for ms in times)} |"])


def _everywhere(cells: list[dict]) -> str:
    """The default criterion at an eighth of the neurons, over all splits, with the bound to hold against a margin."""
    lines = ["### neurons by obs, 12 % of them: AUC less the champion's, all sets", ""]
    lines += ["| network | recovery | splits | mean | lower bound, one-sided 95 % |", "|---" * 5 + "|"]
    whole = {(c["set"], c["seed"], c["network"]): c["auc"] for c in cells if c["unit"] == "champion"}
    cut_down = [c for c in cells if (c["unit"], c["criterion"], c["keep"]) == ("neurons", "obs", 0.12)]
    for (kind, recovery), result in _grouped(cut_down, "network", "recovery").items():
        gains = [c["auc"] - whole[c["set"], c["seed"], kind] for c in result]
        parts = f"{np.mean(gains):+.4f} | "
        if gains[1:]:
            error = np.std(gains, ddof=1) / len(gains) ** 0.5
            parts += f"{np.mean(gains) - t.ppf(0.95, len(gains) - 1) * error:+.4f}"
        lines.append(f"| {kind} | {recovery} | {len(gains)} | {parts} |")
    return "\n".join(lines)


def _against(cells: list[dict], kind: str) -> str:
    """Our default's AUC less each rival's, on the same splits."""
    mine = {(c["set"], c["seed"], c["keep"], c["criterion"]): c["auc"] for c in cells if _is_rival(c, kind)}
    if not mine:
        return ""
    lines = [
        f"### {kind}: AUC of `neurons` as it comes, less that of",
        "",
        f"| rival, {TUNED} of training after the cut | splits | ",
    ]
    lines[-1] += f"{' | '.join(f'{keep:.0%}' for keep in KEEPS)} | all |"
    lines.append("|---" * (len(KEEPS) + 3) + "|")
    for rival in RIVALS:
        own = WEIGHTS if rival.endswith("prune, weights") else "ours"
        gains = {key: mine[(*key[:3], own)] - value for key, value in mine.items() if key[3] == rival}
        if gains:
            parts = [_interval([g for key, g in gains.items() if key[2] == keep]) for keep in KEEPS]
            splits = {key[:2]: [g for k, g in gains.items() if k[:2] == key[:2]] for key in gains}  # alike: one draw
            overall = _interval([float(np.mean(own)) for own in splits.values()])
            lines.append(f"| {rival} | {len(splits)} | {' | '.join(parts)} | {overall} |")
    return "\n".join(lines)


def _is_rival(cell: dict, kind: str) -> bool:
    return cell["unit"] == "rival" and cell["network"] == kind


def _grouped(cells: list[dict], *keys: str) -> dict[tuple, list[dict]]:
    result = defaultdict(list)
    for cell in cells:
        result[tuple(cell[key] for key in keys)].append(cell)
    return result


def _mean(cells: list[dict], figure: str) -> float:
    return float(np.mean([cell[figure] for cell in cells]))


def _interval(values: list[float]) -> str:
    """The mean and half of its 95 % interval, where there are two values or more."""
    mean = f"{np.mean(values):+.4f}"
    if not values[1:]:
        return mean
    return f"{mean} ± {t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5:.4f}"
