"""The service under load, on this machine: one worker against steady requests, hot switches, a shadow, and MLflow.

The client is another process and shares the machine. What counts are ratios: rounds are interleaved, and of each kind
the quietest round is told, since a loaded machine adds to all of them.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console

from riskmodel import bundle, scorers
from riskmodel.core import Policy
from riskmodel.serving import DecisionModel
from tests.benchmarks._tables import cut
from tests.benchmarks.serving import _record

SECONDS, ROUNDS, CONNECTIONS = 5.0, 4, 8
SHAPES = {"old": {"rounds": 100, "leaves": 31}, "new": {"rounds": 60, "leaves": 8}}
SERVER = """
import sys, threading, time
from pathlib import Path
import uvicorn
from riskmodel import bundle
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.http_protocol import fastest
from riskmodel.serving.slot import Slot
folder, port, switches, shadow = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4] == "shadow"
models = [DecisionModel.from_bundle(bundle.read(folder / name)) for name in ("old", "new")]
for model in models:
    model.warm()
slot = Slot(models[0])
def switch():
    n = 0
    while switches:
        time.sleep(switches)
        n += 1
        slot.model = models[n % 2]
threading.Thread(target=switch, daemon=True).start()
service = Service(slot, Slot(models[1]) if shadow else None)
uvicorn.run(service.app, port=port, http=fastest(), log_level="error", access_log=False, ws="none")
"""


def table(console: Console) -> str:
    """Percentiles of the time of a request in milliseconds."""
    with tempfile.TemporaryDirectory() as name:
        folder, bodies, answers = _written(Path(name))
        lines = [
            "## The service under load, loopback, one worker",
            "",
            _machine(),
            "",
            HEAD,
            "|---|---|---|---|---|---|",
        ]
        kinds = {
            "1,000 requests/s, each declined with reasons": (0.0, "", 1000.0),
            "500/s": (0.0, "", 500.0),
            "500/s with 200 hot switches": (ROUNDS * SECONDS / 200, "", 500.0),
            "500/s with a shadow": (0.0, "shadow", 500.0),
            "as fast as it answers": (0.0, "", 0.0),
        }
        took: dict[str, list[np.ndarray]] = {kind: [] for kind in kinds}
        mixed: dict[str, int] = dict.fromkeys(kinds, 0)
        failed: dict[str, int] = dict.fromkeys(kinds, 0)
        for _ in range(ROUNDS):
            for kind, (switches, shadow, rate) in kinds.items():
                with console.status(kind), _served(folder, switches, shadow) as port:
                    asyncio.run(_load(port, bodies, answers, 200.0, 1.0))  # warms up
                    times, bad, wrong = asyncio.run(_load(port, bodies, answers, rate, SECONDS))
                took[kind].append(times)
                failed[kind] += bad
                mixed[kind] += wrong
        for kind, rounds in took.items():
            quiet = min(rounds, key=lambda times: np.quantile(times, 0.99))
            cells = [f"{1000 * np.quantile(quiet, q):.2f}" for q in (0.5, 0.99)]
            reached = max(len(times) for times in rounds) / SECONDS
            lines.append(f"| {kind} | {reached:,.0f} | {' | '.join(cells)} | {failed[kind]} | {mixed[kind]} |")
        return "\n".join(lines)


HEAD = "| what | requests/s | median ms | 99th percentile ms | failed | mixed |"


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections, client on the same "
        f"{os.cpu_count()} cores, load of the machine {load:.0f} when this began; the quietest round of each."
    )


def _written(folder: Path) -> tuple[Path, list[bytes], list[dict[str, str]]]:
    """Two models as bundles, bodies of applications that both decline, and each model's answers by its hash."""
    development, sample = cut("Taiwan", 0)
    rows, declined, models = sample.columns(development.train.features), np.ones(len(sample.rows), bool), []
    for name, size in SHAPES.items():
        options = {"search": 0, "patience": size["rounds"], "rate": 0.05, **size}
        scorer = scorers.recipe("lgbm", options).fit(development, development.train.features, seed=0)
        pd = scorer.score(sample)
        low, high = np.quantile(pd, [0.5, 0.6])
        declined &= pd >= high
        saved = bundle.pack(scorer, Policy(float(high), float(low), (0.05, 0.1, 0.2)), {}, {})
        bundle.save(saved, folder / name)
        models.append(DecisionModel.from_bundle(saved))
    records = [_record(development.train.features, row) for row in rows[declined][:200]]
    answers = [{m.model_sha256: json.dumps(m.decide(r).as_json) for m in models} for r in records]
    return folder, [json.dumps(record).encode() for record in records], answers


@contextmanager
def _served(folder: Path, switches: float, shadow: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVER, str(folder), str(port), str(switches), shadow]
    service = subprocess.Popen(command)
    try:
        for _ in range(6000):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        service.terminate()
        service.wait()


async def _load(
    port: int, bodies: list[bytes], answers: list[dict[str, str]], rate: float, seconds: float
) -> tuple[np.ndarray, int, int]:
    """Times of requests from when each was due, failures, and answers that are of no one model; rate 0: one after
    another."""
    loop = asyncio.get_running_loop()
    begin, took, bad, wrong = loop.time(), [], 0, 0

    async def client(number: int) -> None:
        nonlocal bad, wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = number
        while True:
            due = begin + turn / rate if rate else loop.time()
            if due - begin > seconds:
                break
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            place = turn % len(bodies)
            head = "POST /decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
            writer.write(f"{head}{len(bodies[place])}\r\n\r\n".encode() + bodies[place])
            status, content = await _answer(reader)
            took.append(loop.time() - due)
            answer = json.loads(content) if status == 200 else None
            bad += answer is None
            if answer is not None:
                wanted = answers[place].get(answer["model_sha256"])
                wrong += wanted is None or json.loads(wanted) != answer
            turn += CONNECTIONS
        writer.close()

    await asyncio.gather(*(client(number) for number in range(CONNECTIONS)))
    return np.array(took), bad, wrong


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(int(line.split(":")[1]) for line in head.lower().splitlines() if line.startswith("content-length"))
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)
