"""Scores a book, is killed at random instants, goes on, and says whether the output is what it should be.

python killed.py MODEL BOOK OUTPUT TRIALS SEED     prints a JSON list: for each trial, instants of the kills and faults
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
from batch.books import contents

import riskmodel.scorers.scorecard  # noqa: F401 - before the forks, so that no child loads it anew
from riskmodel import batch, bundle
from riskmodel.batch import Job

JOB = Job(threads=2, resume=True, part_rows=100)


def main(model: Path, book: Path, output: Path, trials: int, seed: int) -> None:
    draw = random.Random(seed)
    run(model, book, output)
    due, took = contents(output), max(run_time(model, book, output), 0.05)
    print(json.dumps([trial(model, book, output, draw, due, took) for _ in range(trials)]))


def run_time(model, book, output):
    shutil.rmtree(output)
    start = time.monotonic()
    run(model, book, output)
    return time.monotonic() - start


def trial(model, book, output, draw, due, took):  # noqa: PLR0917
    shutil.rmtree(output)
    instants, faults = [], []
    for _ in range(draw.randint(1, 3)):
        instants.append(draw.uniform(0, took))
        run(model, book, output, instants[-1])
        faults += looked_at(output, due)
    run(model, book, output)
    now = contents(output)
    faults += [f"{name} differs" for name in sorted(due.keys() | now.keys()) if due.get(name) != now.get(name)]
    return {"instants": instants, "faults": faults}


def looked_at(output, due):
    """What stands in its place is whole, and the manifest is there only when all is."""
    result = contents(output) if output.exists() else {}
    visible = {name: sha for name, sha in result.items() if not name.startswith(".")}
    faults = [f"{name} stood there damaged" for name, sha in visible.items() if due.get(name) != sha]
    if "manifest.json" in visible and visible.keys() != due.keys():
        faults.append("a manifest without its parts")
    for name in visible:
        if name.endswith(".parquet"):
            pq.read_table(output / name)
    return faults


def run(model, book, output, killed_after=None):
    """In a process of its own, which starts at once because everything is imported already."""
    child = os.fork()
    if child == 0:
        try:
            batch.score(bundle.read(model), book, output, JOB)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("scoring failed")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), *map(int, sys.argv[4:]))
