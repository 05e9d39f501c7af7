"""The house in figures: files, cycles, names, imports, tests a line of code, and the way of the data through it."""

import ast
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import lightgbm
import numpy as np
from rich.console import Console

from riskmodel import pruning, scorers
from riskmodel.core import Development
from riskmodel.scorers.lgbm import reader, writer
from riskmodel.workflows.prune import path, write
from tests.benchmarks._way import stops
from tests.samples import drawn

ROOT = Path(__file__).parents[2]
ROUNDS = 5
ELSEWHERE = {  # tests of a room that stand beside its folder
    "cli": ("test_cli", "test_signals"),
    "config": (),
    "compression": ("test_every_compressor",),
    "pruning": ("test_every_pruner", "test_plugins"),
    "registry": ("test_registry",),
    "scorers": ("test_every_scorer",),
}


def table(console: Console) -> str:
    """What this house is today, by commands that anyone can run."""
    console.print("about a minute: a small run is traced")
    rows = {**_files(), **_imports(), **_starts(), **_one_prune()}
    way = stops()
    rows["stops between files, TOML to bundle"] = str(len(way))
    rows["files that they lead to"] = str(len({called for _, called in way}))
    lines = [
        "## The house",
        "",
        "| figure | |",
        "|---|---:|",
        *(f"| {name} | {value} |" for name, value in rows.items()),
    ]
    lines += ["", "| room | code | tests | ratio |", "|---|---:|---:|---:|"]
    sizes = {room: (_lines(_code(room)), _lines(_tests(room))) for room in _rooms()}
    sizes["all"] = _lines((ROOT / "riskmodel").rglob("*.py")), _lines((ROOT / "tests").rglob("*.py"))
    by_ratio = sorted(sizes.items(), key=lambda item: item[1][1] / item[1][0])
    lines += [f"| {room} | {code:,} | {tests:,} | {tests / code:.2f} |" for room, (code, tests) in by_ratio]
    return "\n".join(lines)


def _files() -> dict[str, str]:
    files = list((ROOT / "riskmodel").rglob("*.py"))
    lengths = {file: _lines([file]) for file in files}
    longest = max(files, key=lengths.__getitem__)
    trees = [ast.parse(file.read_text()) for file in files]
    classes = Counter(
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    return {
        "files": str(len(files)),
        "median lines of a file": f"{statistics.median(lengths.values()):g}",
        "longest file": f"{longest.relative_to(ROOT)}, {lengths[longest]} lines",
        "public class names defined twice": str(sum(count > 1 for count in classes.values())),
    }


def _imports() -> dict[str, str]:
    graph = grimp.build_graph("riskmodel", exclude_type_checking_imports=False, cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    importers = Counter(other for others in imported.values() for other in others)
    sideways = [(module, other) for module, others in imported.items() for other in others if _sideways(module, other)]
    return {
        "cycles": _cycles(imported),
        "modules with one importer": str(sum(count == 1 for count in importers.values())),
        "imports of another room's private module": str(len(sideways)),
    }


def _cycles(imported: dict[str, set[str]]) -> str:
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        return " -> ".join(error.args[1])
    return "0"


def _sideways(module: str, other: str) -> bool:
    """Whether the other one is private to a package that the module does not belong to."""
    parts = other.split(".")
    private = next((i for i, part in enumerate(parts) if part.startswith("_")), None)
    return private is not None and not f"{module}.".startswith(".".join(parts[:private]) + ".")


def _starts() -> dict[str, str]:
    """The least seconds of processor time over rounds: a load elsewhere only ever adds."""
    bare = _least("pass")
    run = "import sys; sys.argv = ['riskmodel', '--help']; from riskmodel.cli import main; main()"
    return {
        "`import riskmodel`, seconds of processor time above a bare Python": f"{_least('import riskmodel') - bare:.2f}",
        "`riskmodel --help`, seconds of processor time": f"{_least(run):.2f}",
    }


def _least(code: str) -> float:
    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(ROUNDS))


def _one_prune() -> dict[str, str]:
    """How often a LightGBM model is read and written from its file to the file of a smaller one."""
    calls = Counter[str]()

    def counting(module, name):
        inner = getattr(module, name)

        def call(*arguments):
            calls[name] += 1
            return inner(*arguments)

        setattr(module, name, call)

    train, tune = drawn(2000, 0, "train"), drawn(900, 1, "tune")
    data = lightgbm.Dataset(train.matrix, train.default)
    booster = lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 20)
    with tempfile.TemporaryDirectory() as folder:
        booster.save_model(f"{folder}/given.txt")
        counting(reader, "read")
        counting(writer, "write")
        scorer = scorers.open_native(Path(folder) / "given.txt")
        of = [type(s)(s.name, scorer.features, s.matrix, s.default, s.rows) for s in (train, tune)]
        pruner, development = pruning.make("collapse"), Development(*of)
        cut = pruner.apply(pruner.plan(scorer, development, 0.4), scorer, development)
        saved = write.model(path.native(scorer, cut, development))
    assert np.isfinite(lightgbm.Booster(model_str=saved.decode()).predict(tune.matrix)).all()
    return {"parses of one prune": str(calls["read"]), "texts written in one prune": str(calls["write"])}


def _rooms() -> list[str]:
    return sorted({file.relative_to(ROOT / "riskmodel").parts[0].removesuffix(".py") for file in _packages()})


def _packages() -> list[Path]:
    return [file for file in (ROOT / "riskmodel").rglob("*.py") if file.parent != ROOT / "riskmodel"]


def _code(room: str) -> list[Path]:
    return sorted((ROOT / "riskmodel" / room).rglob("*.py"))


def _tests(room: str) -> list[Path]:
    beside = [ROOT / "tests" / f"{name}.py" for name in ELSEWHERE.get(room, ())]
    return [*sorted((ROOT / "tests" / room).rglob("*.py")), *(file for file in beside if file.exists())]


def _lines(files) -> int:
    return sum(len(file.read_text().splitlines()) for file in files)
