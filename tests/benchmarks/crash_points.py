"""How many injected failures a batch run and a training survive: each call with which they write, in two ways each."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

TESTS = Path(__file__).parents[1]
EVERY = {"batch": 1, "train": 4}


def table(console: Console) -> str:
    """One line a kind of run."""
    names = ("run", "calls that write", "faults injected", "states on disk", "not as they should be")
    rows = [f"| {' | '.join(names)} |", "|---|---|---|---|---|"]
    for kind, every in EVERY.items():
        console.print(f"{kind}: every {every}. call")
        facts = survived(kind, every)
        states = facts.get("states", facts["tried"])
        rows.append(f"| {kind} | {facts['calls']} | {facts['tried']} | {states} | {len(facts['faults'])} |")
    return "\n".join([*rows, "", "A fault: the call fails as on a full disk, or the process ends in it."])


def survived(kind: str, every: int) -> dict:
    """What `crash_points.py` counts, in a process of its own, which forks."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, TESTS / "crash_points.py", kind, Path(folder) / "run", str(every)],
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)
