"""The way of the data, traced: which file of a job hands a small run to which other file, from its TOML to its bundles.

A stop is a pair of files: one of `cli` or `workflows`, which compose, and one that it calls. Calls inside the rooms
below are their own business and do not count, nor does who calls twice.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = f"{ROOT}/riskmodel/"
COMPOSE = ("cli/", "workflows/")
RECIPE = """
[[scorers]]
name = "lgbm"
kind = "lgbm"
options = { search = 0, rounds = 20, patience = 20 }

[[recipes]]
scorers = ["lgbm"]
steps = [{ pruner = "trees", keep = 0.5 }]
"""


def stops() -> list[tuple[str, str]]:
    """The pairs of files, in the order in which they are first met; in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = [str(ROOT), str(ROOT / "tests")]
        code = f"import sys; sys.path[:0] = {path}; from tests.benchmarks import _way; _way.trace({folder!r})"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=True)
    pairs = (line.removeprefix("stop ").split(" > ") for line in out.stdout.splitlines() if line.startswith("stop "))
    return [(caller, called) for caller, called in pairs]


def trace(folder: str) -> None:
    import small_run

    from riskmodel.cli import main

    toml = small_run.written(Path(folder))
    toml.write_text(toml.read_text().split("[[scorers]]")[0] + RECIPE)
    met: dict[tuple[str, str], None] = {}

    def watch(frame, event, argument):
        called = frame.f_code
        if event != "call" or not called.co_filename.startswith(PACKAGE) or called.co_name == "<module>":
            return
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(PACKAGE):
            caller = caller.f_back
        if caller is not None and caller.f_code.co_filename != called.co_filename:
            pair = caller.f_code.co_filename.removeprefix(PACKAGE), called.co_filename.removeprefix(PACKAGE)
            if pair[0].startswith(COMPOSE):
                met[pair] = None

    sys.argv = ["riskmodel", "train", str(toml), "--output", f"{folder}/report", "--store", f"sqlite:///{folder}/m.db"]
    sys.setprofile(watch)
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    finally:
        sys.setprofile(None)
    for caller, called in met:
        print(f"stop {caller} > {called}")
