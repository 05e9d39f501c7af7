"""A model as SQL and as C beside ours in Python: whether any answer differs, how long the text is, rows a second.

A LightGBM model of 300 trees of Taiwan, and what `distil` leaves of it at 256 and 64 leaves. The applications are made
up around the splits, with missing, infinite and unheard-of values among them; each engine answers all of them, reasons
included where the text has them. Rounds are interleaved, and medians are told.

ROWS=1000000 python -m tests.benchmarks sql
"""

import ctypes
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

import duckdb
import pyarrow as pa
from rich.console import Console
from threadpoolctl import threadpool_limits

from riskmodel import pruning, scorers
from riskmodel.batch import Chunk
from riskmodel.code_export import Decider, c_header, select
from riskmodel.config import Scoring
from riskmodel.core import Policy, Reference, Scale, Scorer
from riskmodel.datasets import encode
from riskmodel.errors import UnsupportedScorer
from riskmodel.explanation.reasons import Reasons
from riskmodel.workflows.code_export import engines, exporting, raw_rows
from tests.benchmarks import _tables

sys.path.insert(0, str(Path(__file__).parents[1]))  # the helpers of tests import each other by name
import postgres_sql
import servers

ROWS = int(os.environ.get("ROWS", "1000000"))
ROUNDS = 3
C_ROUNDS = 15
POLICY = Policy(0.3, 0.25, (0.05, 0.1, 0.2))
HEAD = "| model | text, kB (with reasons) | engine | differing answers | largest change of a PD | rows a second |\n"


def table(console: Console) -> str:
    """One line a model and engine."""
    development, _ = _tables.cut("Taiwan", 0)
    given = scorers.recipe("lgbm", {"search": 0, "rounds": 300, "leaves": 31}).fit(
        development, development.train.features, seed=0
    )
    lines = [*_model("300 trees of 31 leaves", given, console)]
    for leaves in (256, 64):
        pruner = pruning.make("distil", {})
        plan = pruner.plan(given, development, leaves / given.complexity().leaves)
        lines += _model(f"distil, {leaves} leaves", pruner.apply(plan, given, development), console)
    return f"{ROWS:,} applications.\n\n{HEAD}|---|---|---|---|---|---|\n" + "\n".join(lines)


def _model(name: str, scorer: Scorer, console: Console) -> list[str]:
    decider = Decider(scorer, POLICY, Scale(), Scoring(), {}, scorer.sha256)
    reasons = _has_reasons(decider)
    rows = raw_rows.made_up(scorer, ROWS)
    edges = (0.1, 0.2)
    chunk = Chunk(scorer, POLICY, Scoring(), Scale(), Reasons(scorer, Reference()), edges, scorer.sha256)
    due = exporting._expected(chunk, rows)
    short = len(select(decider, "duckdb", "t", reasons=False)) / 1000
    long = f"{len(select(decider, 'duckdb', 't')) / 1000:.0f}" if reasons else "too long"
    lines = []
    for engine in ("duckdb", "sqlite", *(() if servers.why_no_postgres() else ("postgres",)), "c"):
        console.print(name, engine)
        try:
            answer = _answer(engine, decider, rows, reasons=reasons)
        except engines.TooLong as error:
            lines.append(f"| {name} | | {engine} | {error} | | |")
            continue
        parity = exporting._parity(due, answer, first_fault=engine == "c")  # raises where one differs
        c_size = f"{len(c_header(decider, 'm', reasons=reasons)) / 1000:.0f}"
        size = c_size if engine == "c" else f"{short:.0f} ({long})"
        speed = {"duckdb": _speed, "c": _speed_of_c}.get(engine, lambda *_: "")(decider, rows)
        counts = f"{parity['differing_answers']} | {parity['largest_pd_change']:.1g}"
        lines.append(f"| {name} | {size} | {engine} | {counts} | {speed} |")
    return lines


def _has_reasons(decider: Decider) -> bool:
    try:
        return bool(decider.short_effects)
    except UnsupportedScorer:
        return False


def _answer(engine: str, decider: Decider, rows: pa.RecordBatch, *, reasons: bool) -> engines.Answer:
    if engine == "c":
        return engines.run_c(decider, rows, reasons=reasons)
    statement = select(decider, engine, engines.TABLE, reasons=reasons)
    if engine != "postgres":
        return engines.run_sql(statement, engine, rows)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server is another user
        with servers.postgres(Path(folder) / "server") as uri, postgres_sql.connected(uri) as connection:
            return postgres_sql.answer(connection, statement, rows)


def _speed_of_c(decider: Decider, rows: pa.RecordBatch) -> str:
    """Rows a second of CPU of the header without reasons, beside ours in Python, one thread each, without reading."""
    scorer, some = decider.scorer, rows.slice(0, min(rows.num_rows, 200_000))
    with tempfile.TemporaryDirectory() as folder:
        library = ctypes.CDLL(str(engines._compiled(decider, Path(folder), reasons=False)))
        raw = engines._as_doubles(decider, some, library)
        decisions, pds = (engines._Decision * len(raw))(), (ctypes.c_double * len(raw))()
        matrix = encode.matrix(some, scorer.features)
        given = raw.ctypes.data_as(ctypes.c_void_p), ctypes.c_long(len(raw))
        ways = {
            "decisions": lambda: library.decide_all(*given, decisions),
            "PDs": lambda: library.pd_all(*given, pds),
            "one by one": lambda: library.decide_each(*given, decisions),
            "ours": lambda: scorer.pd(matrix),
        }
        with threadpool_limits(1):
            rounds = [{name: _seconds(way) for name, way in ways.items()} for _ in range(C_ROUNDS + 1)][1:]
    speed = {name: len(raw) / median(one[name] for one in rounds) for name in ways}
    ratio = median(one["ours"] / one["PDs"] for one in rounds)
    told = "; ".join(f"{name}: {rate:,.0f}" for name, rate in speed.items())
    return f"{told}; PDs of C by ours, median of {C_ROUNDS} pairs: {ratio:.2f}"


def _seconds(call: Callable[[], object]) -> float:
    """Seconds of CPU of this thread, which alone works."""
    start = thread_time()
    call()
    return thread_time() - start


def _speed(decider: Decider, rows: pa.RecordBatch) -> str:
    """Rows a second of DuckDB on one thread, without reasons; the answer stays in the database."""
    statement = select(decider, "duckdb", engines.TABLE, reasons=False)
    seconds = []
    with duckdb.connect(config={"threads": 1}) as connection:
        whole = pa.Table.from_batches([rows]).append_column("id", pa.array(range(rows.num_rows)))
        connection.register("given", whole)
        connection.execute(f"CREATE TABLE {engines.TABLE} AS SELECT * FROM given")  # noqa: S608 - a constant
        for _ in range(ROUNDS):
            start = perf_counter()
            connection.execute(f"SELECT SUM(pd), COUNT(decision) FROM ({statement})").fetchall()  # noqa: S608 - ours
            seconds.append(perf_counter() - start)
    return f"{rows.num_rows / median(seconds):,.0f}"
