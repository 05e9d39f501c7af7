"""What SIGTERM and SIGKILL at random instants leave of a training, a scoring, a pruning, a review and a service.

python -m tests.benchmarks.hostile NAME INSTANTS     prints one line of the table
"""

import atexit
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

INSTANTS = 20
KEPT = {  # what a run that was stopped may leave, since another goes on from it
    "train": (".report.riskmodel-checkpoints", ".report.riskmodel-lock"),
    "score": ("scored",),
}
WHOLE = "was written before that, whole"  # the signal came later than the output
ENDINGS = {signal.SIGTERM: (143, -signal.SIGTERM), signal.SIGKILL: (-signal.SIGKILL,)}


def table(console: Console) -> str:
    """One line a command and a signal."""
    rows = ["| command | signal | instants | ended before | not as they should be |", "|---|---|---|---|---|"]
    for name in COMMANDS:
        command = [sys.executable, "-m", "tests.benchmarks.hostile", name, str(INSTANTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        console.print(done.stdout + done.stderr, markup=False)
        rows += done.stdout.splitlines()
    return "\n".join(rows)


def prepared(good: Path) -> Path:
    """What the commands read; made in a child, so that no thread of a library is there when this process forks."""
    good.mkdir(parents=True)
    child = os.fork()
    if child == 0:
        try:
            _prepare(good)
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the fixtures cannot be made")
    return good


def _prepare(good: Path) -> None:
    import lightgbm
    from batch.books import applications, packed
    from samples import FEATURES, drawn
    from small_run import written

    from riskmodel import bundle, scorers
    from riskmodel.core import Development

    development = Development(drawn(3000, 1, "train"), drawn(1500, 2, "tune"))
    for name, seed in (("model", 5), ("other", 6)):
        scorer = scorers.recipe("lgbm", {"search": 0}).fit(development, FEATURES, seed=seed)
        bundle.save(packed(scorer), good / name)
    written(good, keep="[0.5]")
    table = applications(4000, 4).append_column("bad", [drawn(4000, 4).default])
    pq.write_table(table, good / "table.parquet")
    rows = table.select(["income", "utilisation", "months"]).to_pandas()
    data = lightgbm.Dataset(rows, table["bad"].to_numpy())
    lightgbm.train({"objective": "binary", "verbose": -1}, data, 60).save_model(good / "native.txt")
    (good / "book").mkdir()
    for i in range(8):
        pq.write_table(applications(20_000, i, first=20_000 * i), good / "book" / f"{i}.parquet")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


COMMANDS = {
    "score": lambda good, to: ["score", "--model", good / "model", "--input", good / "book", "--output", to / "scored"],
    "train": lambda good, to: [
        "train", good / "run.toml", "--output", to / "report", "--store", f"sqlite:///{to / 'mlflow.db'}",
    ],
    "prune": lambda good, to: [
        "prune", good / "native.txt", "--data", good / "table.parquet", "--target", "bad", "--output", to / "pruned",
    ],
    "review": lambda good, to: [
        "review", "--champion", good / "model", "--challenger", good / "other", "--data", good / "table.parquet",
        "--target", "bad", "--output", to / "review.html",
    ],
    "serve": lambda good, to: [
        "serve", "--model", good / "model", "--log", to / "decisions.jsonl", "--port", free_port(),
    ],
}  # fmt: skip


def line(name: str, number: signal.Signals, good: Path, place: Path, instants: int) -> str:
    draw, endings, faults = random.Random(f"{name} {number}"), Counter(), []
    took, due = whole(name, good, place)
    for _ in range(instants):
        instant = draw.uniform(0, took)
        ending, fault = trial(name, number, instant, good, place, due)
        endings[ending] += 1
        faults += [f"at {instant:.2f} s of {took:.2f}: {one}" for one in fault]
    for one in faults:
        print(name, number.name, one, file=sys.stderr, flush=True)
    return f"| {name} | {number.name} | {instants} | {dict(endings)} | {len(faults)} |"


def whole(name: str, good: Path, place: Path) -> tuple[float, dict[str, str]]:
    """How long a run takes that nobody ends, and what it leaves."""
    if name == "serve":
        return 6.0, {}
    fresh(place)
    start = time.monotonic()
    code, said = run(COMMANDS[name](good, place), place)
    if code not in {0, 3}:
        raise RuntimeError(f"{name}: {code} {said}")
    return time.monotonic() - start, lasting(place)


def trial(name, number, instant, good, place, due) -> tuple[int, list[str]]:  # noqa: PLR0917
    fresh(place)
    words = COMMANDS[name](good, place)
    code, said = run(words, place, number, instant)
    faults = [] if code in {*ENDINGS[number], 3} | ({0} if name != "serve" else set()) else [f"exit code {code}"]
    lines = [line for line in said.splitlines() if not line.endswith("(Ctrl-C ends it)")]
    if "Traceback" in said or len(lines) > 1:
        faults.append(said[-1500:])
    left = {path.name for path in place.iterdir()} - {"said"}
    if number == signal.SIGTERM:
        if code not in {0, 3} and WHOLE not in said:
            kept = (*KEPT.get(name, ("decisions.jsonl",)), "mlflow.db", "mlflow.db-journal", "mlartifacts")
            faults += [f"{path} was left" for path in left if path not in kept]
        faults += running(place)
    if name == "serve" or (name in {"prune", "review"} and number == signal.SIGTERM):
        return code, faults
    if name in {"train", "score"}:
        words = [*words, "--resume"]
    again, said = run(words, place)
    if again not in {0, 3}:
        faults.append(f"taken up again: {again} {said[-800:]}")
    now = lasting(place)
    if name != "review":  # a review has its date
        faults += [f"{path} differs" for path in sorted(due.keys() | now.keys()) if due.get(path) != now.get(path)]
    faults += [f"{path.name} is left" for path in place.iterdir() if path.name.startswith(".")]
    return code, faults + running(place)


def lasting(place: Path) -> dict[str, str]:
    """What no clock decides."""
    from batch.books import contents

    report = ("bundles/", "chosen/", "plans/", "split.parquet", "choice.json")
    parts = ("scored/", "pruned/chosen/", *(f"report/{name}" for name in report))
    return {name: sha for name, sha in contents(place).items() if name.startswith(parts)}


def running(place: Path) -> list[str]:
    """Runs that a store believes to be at work."""
    if not (place / "mlflow.db").exists():
        return []
    with sqlite3.connect(place / "mlflow.db") as store:
        try:
            count = store.execute("select count(*) from runs where status = 'RUNNING'").fetchone()[0]
        except sqlite3.OperationalError:  # the store was not made yet
            return []
    return [f"{count} runs are RUNNING for ever"] if count else []


def fresh(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()


def run(words, place: Path, number=None, instant: float = 0.0) -> tuple[int, str]:
    """A command in a process of its own, which starts at once because all is imported already; and what it says."""
    said = place / "said"
    child = os.fork()
    if child == 0:
        _act(words, said)
    if number is not None:
        time.sleep(instant)
        os.kill(child, number)
    deadline = time.monotonic() + 300
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "it hung"
        time.sleep(0.02)
    return os.waitstatus_to_exitcode(ended[1]), said.read_text() if said.exists() else ""


def _act(words, said: Path) -> None:
    from riskmodel import cli

    code = 2
    try:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["riskmodel", "--quiet", *map(str, words)]
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    finally:
        atexit._run_exitfuncs()
        sys.stderr.flush()
        os._exit(code)


def imported() -> None:
    """All that a command loads, as the command loads it: MLflow reads when it is imported what it may say."""
    from riskmodel.tracking.store import QUIET

    os.environ.update(QUIET)
    import mlflow  # noqa: F401
    import sqlalchemy  # noqa: F401

    import riskmodel.scorers.lgbm
    import riskmodel.scorers.scorecard
    import riskmodel.scorers.xgb
    import riskmodel.workflows.prune
    import riskmodel.workflows.review
    import riskmodel.workflows.score.scoring
    import riskmodel.workflows.serve
    import riskmodel.workflows.train.training  # noqa: F401


def main(name: str, instants: int) -> None:
    imported()
    folder = Path(tempfile.mkdtemp())  # no TemporaryDirectory, which the end of a child would remove
    try:
        good = prepared(folder / "good")
        for number in ENDINGS:
            print(line(name, number, good, folder / "place", instants), flush=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
