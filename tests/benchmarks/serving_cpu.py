"""Processor time of the service for a request: load of the machine makes a request wait, but not work."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console

from tests.benchmarks.serving_load import _written

ROUNDS, REQUESTS, SETTLED = 10, 200, 0.2
SERVER = """
import sys
from pathlib import Path
import uvicorn
from riskmodel import bundle
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.decision_log import DecisionLog
from riskmodel.serving.http_protocol import TimedProtocol, fastest
from riskmodel.serving.slot import Slot
folder, port, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
old, new = (DecisionModel.from_bundle(bundle.read(folder / name)) for name in ("old", "new"))
old.warm()
new.warm()
log = DecisionLog(folder / f"{port}.jsonl") if "log" in kind else None
service = Service(Slot(old), Slot(new) if "shadow" in kind else None, log=log)
http, loop = (TimedProtocol, "asyncio") if "h11" in kind else (fastest(), "auto")
uvicorn.run(service.app, port=port, http=http, loop=loop, log_level="error", ws="none", timeout_keep_alive=3600)
"""
KINDS = ("with riskmodel[fast]", "again, for the noise", "with a shadow", "with a log", "by h11")


def table(console: Console) -> str:
    """Microseconds a request, and each kind's ratio to the first in the same round; of 100 trees of 31 leaves."""
    with tempfile.TemporaryDirectory() as name, console.status("service"):
        folder, bodies, _ = _written(Path(name))
        took = _took(folder, bodies)
    lines = [
        "## Processor time of a request to the service",
        "",
        f"Taiwan, 100 x 31, each declined with reasons; {ROUNDS} interleaved rounds of {REQUESTS} requests, one after",
        "the other; all threads of the service. The ratio is to the first line, in the same round.",
        "",
        "| service | least µs | median µs | median ratio | middle half of the ratios |",
        "|---|---|---|---|---|",
    ]
    first = took[KINDS[0]]
    for kind, times in took.items():
        low, middle, high = np.quantile(times / first, [0.25, 0.5, 0.75])
        lines.append(
            f"| {kind} | {times.min():.0f} | {np.median(times):.0f} | {middle:.2f} | {low:.2f} to {high:.2f} |"
        )
    return "\n".join(lines)


def _took(folder: Path, bodies: list[bytes]) -> dict[str, np.ndarray]:
    services = {kind: _started(folder, kind) for kind in KINDS}
    try:
        connections = {kind: _connected(port) for kind, (_, port) in services.items()}
        took: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for round_ in range(-1, ROUNDS):  # the first warms up
            for kind, connection in connections.items():
                process = services[kind][0].pid
                begin = _processor(process)
                for i in range(REQUESTS):
                    _ask(connection, bodies[i % len(bodies)])
                time.sleep(SETTLED)  # what follows the answers counts too
                if round_ >= 0:
                    took[kind].append((_processor(process) - begin) / REQUESTS)
    finally:
        for service, _ in services.values():
            service.terminate()
            service.wait()
    return {kind: np.array(times) for kind, times in took.items()}


def _started(folder: Path, kind: str) -> tuple[subprocess.Popen, int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return subprocess.Popen([sys.executable, "-c", SERVER, str(folder), str(port), kind]), port


def _connected(port: int) -> socket.socket:
    for _ in range(6000):
        try:
            connection = socket.create_connection(("127.0.0.1", port), 60)
        except OSError:
            time.sleep(0.1)
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise TimeoutError("the service did not start")


def _processor(process: int) -> float:
    """Microseconds that all threads of a process have run, by Linux' scheduler."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((t / "schedstat").read_text().split()[0]) for t in threads) / 1000


def _ask(connection: socket.socket, body: bytes) -> None:
    head = b"POST /decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    connection.sendall(head % len(body) + body)
    content = b""
    while b"\r\n\r\n" not in content or not _is_whole(content):
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the service ended the connection")
        content += more
    assert json.loads(content.partition(b"\r\n\r\n")[2])["decision"] == "decline"


def _is_whole(content: bytes) -> bool:
    head, _, rest = content.partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(rest) >= int(length.split(b":")[1])
