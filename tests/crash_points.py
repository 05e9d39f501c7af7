"""Every call with which a run writes fails once, or ends the process; then the run is taken up again.

python crash_points.py batch FOLDER EVERY    each EVERY-th call of a batch run, in each of two ways
python crash_points.py train FOLDER EVERY    the same of a whole training

Prints JSON: how many calls there are, how many faults were injected, and what was not as it should be afterwards.
"""

import json
import os
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from batch.books import applications, contents, packed
from samples import FEATURES, drawn
from small_run import written

from riskmodel import batch, bundle, scorers
from riskmodel.batch import Job
from riskmodel.core import Development
from riskmodel.errors import RiskModelError
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.train import training

CALLS = ("open", "write", "fsync", "replace", "rename", "close", "mkdir", "link")
FAULTS = ("fails", "ends the process")


class Injection:
    """Counts the calls that touch a folder, and hands each of them to `at` before it is made."""

    def __init__(self, root, at):
        self.root, self.at, self.count, self.within = str(root.resolve()), at, 0, False

    @contextmanager
    def installed(self):
        before = {name: getattr(os, name) for name in CALLS}
        methods = [(pq.ParquetWriter, "write_batch"), (pq.ParquetWriter, "close"), (Path, "write_bytes")]
        plain = [(kind, name, getattr(kind, name)) for kind, name in methods]
        for name, real in before.items():
            setattr(os, name, self._wrapped(name, real))
        for kind, name, real in plain:
            setattr(kind, name, self._wrapped(name, real, always=kind is pq.ParquetWriter))
        try:
            yield self
        finally:
            for name, real in before.items():
                setattr(os, name, real)
            for kind, name, real in plain:
                setattr(kind, name, real)

    def _wrapped(self, name, real, *, always=False):
        def call(*arguments, **named):
            if not self.within and (always or self._is_ours(name, arguments)):
                self.count += 1
                self.within = True  # what is done at a call is no call of the run
                try:
                    self.at(self.count, name, real, arguments)
                finally:
                    self.within = False
            return real(*arguments, **named)

        return call

    def _is_ours(self, name, arguments):
        if name == "open" and arguments[1] & os.O_WRONLY == 0:
            return False
        if isinstance(arguments[0], int):
            try:
                place = os.readlink(f"/proc/self/fd/{arguments[0]}")  # noqa: PTH115
            except OSError:
                return False
        else:
            place = os.path.abspath(os.fspath(arguments[0]))  # noqa: PTH100
        return str(place).startswith(self.root)


def injected(fault, number):
    """At its turn a call fails as on a full disk, or the process ends in it, a write half done."""

    def at(count, name, real, arguments):
        if count != number:
            return
        if fault == "fails":
            if name == "close" and isinstance(arguments[0], int):
                real(*arguments)
            raise OSError(28, f"{name} fails")
        if name == "write":
            real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
        os._exit(9)

    return at


def in_a_child(action):
    """Its exit code: 0 done, 1 refused in one line, 9 ended, 2 anything else."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        except (RiskModelError, OSError) as error:
            os._exit(1 if "\n" not in str(error) else 2)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# ------------------------------------------------------------------------------------------------ batch


def batch_run(folder, every):
    """A book of twelve parts, some of whose rows are set aside."""
    development = Development(drawn(1500, 1, "train"), drawn(700, 2, "tune"))
    model = packed(scorers.recipe("scorecard", {}).fit(development, FEATURES, seed=5))
    book = folder / "book"
    book.mkdir()
    for i in range(12):
        table = applications(60, i, first=60 * i)
        income = pa.array([float("inf"), *table["income"].to_pylist()[1:]]) if i % 2 else table["income"]
        pq.write_table(table.set_column(1, "income", income), book / f"{i:02d}.parquet")
    model, place = bundle.Bundle(model.manifest, model.files), folder / "place"
    place.mkdir()

    def score(at=lambda *_: None):
        with Injection(place, at).installed() as calls:
            batch.score(model, book, place / "out", Job(threads=1, resume=True, part_rows=60))
        (folder / "count").write_text(str(calls.count))

    if in_a_child(score):
        sys.exit("scoring failed")
    due, calls = contents(place), int((folder / "count").read_text())
    faults = []
    for number in range(1, calls + 1, every):
        for fault in FAULTS:
            shutil.rmtree(place)
            place.mkdir()
            code = in_a_child(lambda fault=fault, number=number: score(injected(fault, number)))
            again = in_a_child(score)
            if code not in {0, 1, 9} or again or contents(place) != due:
                faults.append(f"call {number} {fault}: exit {code}, then {again}")
        print(number, "of", calls, faults, file=sys.stderr, flush=True)
    tried = len(FAULTS) * len(range(1, calls + 1, every))
    return {"calls": calls, "tried": tried, "faults": faults}


# ------------------------------------------------------------------------------------------------ training


class Branches:
    """At each call of a training a child process has the fault, and what it leaves behind is kept.

    What one call leaves is often what another leaves: each such state is kept, and taken up again, once.
    """

    def __init__(self, folder, place, every):
        self.folder, self.place, self.every, self.parent = folder, place, every, os.getpid()
        self.calls, self.tried, self.states = 0, 0, {}

    def __call__(self, number, name, real, arguments):
        if os.getpid() != self.parent:
            return
        self.calls += 1
        if number % self.every == 0:
            for fault in FAULTS:
                before = self.folder / "before"
                copied(self.place, before)
                if (child := os.fork()) == 0:
                    injected(fault, number)(number, name, real, arguments)
                ended(child)
                self.tried += 1
                self._keep()
                restored(before, self.place)

    def _keep(self):
        name = digest(self.place)
        if name not in self.states:
            self.states[name] = self.folder / f"state-{len(self.states)}"
            copied(self.place, self.states[name], link=False)


def ended(child, seconds=5):
    """A child that goes on in spite of the fault has lost the threads of its libraries: it is killed."""
    for _ in range(20 * seconds):
        if os.waitpid(child, os.WNOHANG) != (0, 0):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def train_run(folder, every):
    """A training of three scorers and their variants."""
    toml, place = written(folder / "run", keep="[0.5]"), folder / "place"
    place.mkdir()
    branches, store = Branches(folder, place, every), f"sqlite:///{folder / 'mlflow.db'}"
    try:
        with Injection(place, branches).installed():
            training.train(toml, place / "report", store, Stages())
    finally:
        if os.getpid() != branches.parent:
            os._exit(1)  # a child has cleaned up after its fault
    due, faults = lasting(place / "report"), []
    for state in branches.states.values():
        resumed = folder / "resumed"
        copied(state, resumed, link=False)
        training.train(toml, resumed / "report", store, Stages(), resume=True)
        if lasting(resumed / "report") != due or hidden(resumed):
            faults.append(f"{state.name}: {hidden(resumed)}")
        print(state.name, "of", len(branches.states), faults, file=sys.stderr, flush=True)
    return {"calls": branches.calls, "tried": branches.tried, "states": len(branches.states), "faults": faults}


LASTING = ("bundles/", "champion/", "chosen/", "plans/", "split.parquet", "run.toml")


def lasting(report):
    """What a report has that no clock and no earlier run decides."""
    result = contents(report) if report.exists() else {}
    return {name: sha for name, sha in result.items() if name.startswith(LASTING)}


def hidden(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def copied(source, target, *, link=True):
    """With links the files stay the same ones, so that what is open goes on being what it is."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, copy_function=os.link if link else shutil.copy2)


def restored(before, place):
    """Puts back what a child has cleared away, and clears away what it made."""
    kept = {path.relative_to(before) for path in before.rglob("*")}
    for path in sorted(place.rglob("*"), reverse=True):
        if path.relative_to(place) not in kept:
            path.rmdir() if path.is_dir() else path.unlink()
    for name in sorted(kept):
        if (before / name).is_dir():
            (place / name).mkdir(exist_ok=True)
        elif not (place / name).exists():
            os.link(before / name, place / name)


def digest(place):
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_dir())
    return json.dumps([names, contents(place, without=())])


def main(kind, folder, every):
    os.environ["OMP_NUM_THREADS"] = "1"
    np.seterr(all="ignore")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    print(json.dumps({"batch": batch_run, "train": train_run}[kind](place, int(every))))


if __name__ == "__main__":
    main(*sys.argv[1:])
