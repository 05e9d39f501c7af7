"""2,000 hostile requests against the real service on its real protocols: no 5xx, no hang, others are served on.

Bodies come from the OpenAPI document that the service itself hands out: valid ones, each mutated in one or two ways;
beside them broken JSON, broken HTTP, odd methods, paths and headers, sockets that dawdle, half close or vanish.
"""

import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console

from riskmodel import bundle, scorers
from riskmodel.config import Scoring
from riskmodel.core import Policy
from tests.benchmarks._tables import cut
from tests.benchmarks.serving import _record

CASES, PATIENCE = 1000, 20.0  # a protocol; seconds after which a request hangs
SERVER = """
import sys
import uvicorn
from pathlib import Path
from riskmodel import bundle
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.body import Limits
from riskmodel.serving.http_protocol import TimedProtocol, fastest
from riskmodel.serving.slot import Slot
model = DecisionModel.from_bundle(bundle.read(Path(sys.argv[1])))
model.warm()
http = {"h11": TimedProtocol, "httptools": fastest()}[sys.argv[3]]
service = Service(Slot(model), Slot(model), Limits(seconds=1.0))
http.seconds = 1.0
uvicorn.run(service.app, port=int(sys.argv[2]), http=http, log_level="critical", access_log=False, ws="none")
"""
ODD = [None, True, False, 0, -1, 1e308, -1e308, 2**63, 2**70, 10**400, 0.1, "", " ", "NaN", "null", "a" * 70_000, "\0",
       "\ud800", "é", "DROP TABLE", [], [1], {}, {"a": {"b": []}}, "1e999", -0.0, 5e-324]  # fmt: skip
PATHS = ["/decide", "/decide/", "//decide", "/decide?counterfactuals=maybe", "/decide?counterfactuals",
         "/products/none/decide", "/products/%00/decide", "/products/../decide", "/%ff", "/openapi.json", "/metrics",
         "/healthz", "/readyz", "/products", "*", "/" + "a" * 5000, "/decide#x", "/décide"]  # fmt: skip
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "QUERY", "post", "X" * 300]
TYPES = ["application/json", "application/json; charset=utf-16", "APPLICATION/JSON", "text/plain", "", "x" * 9000,
         "multipart/form-data; boundary=x", "application/json\x7f"]  # fmt: skip
_START = b"POST /decide HTTP/1.1\r\n"
_HOST = _START + b"host: x\r\n"
RAW = [
    b"\x00" * 50,
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET / HTTP/9.9\r\n\r\n",
    _START + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    _START + b"host: a\r\nhost: b\r\n\r\n",
    _HOST + b"content-length: 5\r\ncontent-length: 6\r\n\r\n{}",
    _HOST + b"transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n",
    _HOST + b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
    _HOST + b"content-length: -1\r\n\r\n",
    _HOST + b"content-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n",
    _START + b"x: y\r\n" * 20_000 + b"\r\n",
    b"GET /healthz HTTP/1.0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    b"A" * 300_000,
    b"\r\n" * 5000,
]


def table(console: Console) -> str:
    """How often each status came, and what must be nought."""
    lines = [
        "## Hostile requests to the service",
        "",
        f"{CASES:,} requests from one seed against each protocol, each on a connection of its own, over loopback.",
        "",
        "| protocol | 2xx | 3xx | 4xx | closed unanswered | 5xx | hung | good ones refused meanwhile | longest s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder, good = _saved(Path(name))
        for protocol in ("h11", "httptools"):
            with console.status(protocol):
                lines.append(f"| {protocol} | {' | '.join(_tried(folder, protocol, good))} |")
    return "\n".join(lines)


def _saved(folder: Path) -> tuple[Path, dict[str, object]]:
    development, sample = cut("Taiwan", 0)
    options = {"search": 0, "rounds": 60, "patience": 60, "leaves": 8}
    scorer = scorers.recipe("lgbm", options).fit(development, development.train.features, seed=0)
    rules = Scoring(wrong_type="quarantine", unseen="refuse", missing_value="quarantine", extra_column="refuse")
    bundle.save(bundle.pack(scorer, Policy(0.2, 0.15, (0.1, 0.3)), {}, {}, rules), folder / "model")
    return folder / "model", _record(scorer.features, sample.columns(scorer.features)[0])


def _tried(folder: Path, protocol: str, good: dict[str, object]) -> list[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = subprocess.Popen([sys.executable, "-c", SERVER, str(folder), str(port), protocol])
    counts: Counter[str] = Counter()
    longest, draw = 0.0, random.Random(7)
    try:
        _wait(port)
        fine = _post(json.dumps(good).encode())
        kinds = [_mutated, _mutated, _mutated, _broken_json, _broken_json, _odd_request, _raw, _half, _large, _deep]
        for number in range(CASES):
            begin = time.monotonic()
            for status in _asked(port, draw.choice(kinds)(draw, good)):
                counts[status] += 1
            longest = max(longest, time.monotonic() - begin)
            if number % 10 == 0:
                counts["refused"] += _asked(port, [fine]) != ["2xx"]
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
            counts["refused"] += answer.status != 200
        counts["5xx"] += service.poll() is not None
    finally:
        service.terminate()
        service.wait()
    names = ("2xx", "3xx", "4xx", "closed", "5xx", "hung", "refused")
    return [*(str(counts[name]) for name in names), f"{longest:.1f}"]


def _wait(port: int) -> None:
    for _ in range(6000):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _asked(port: int, parts: list[bytes]) -> list[str]:
    """What a connection is answered: the hundreds of its status, closed, or hung. An empty part closes this side."""
    content = b""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        try:
            for part in parts:
                if part:
                    connection.sendall(part)
                else:
                    connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        try:
            while b"\r\n\r\n" not in content and (more := connection.recv(65536)):
                content = (content + more).removeprefix(CONTINUE)
        except TimeoutError:
            return ["hung"]
        except OSError:
            return ["closed"]
    return [f"{content[9:10].decode()}xx"] if content.startswith(b"HTTP/1.") else ["closed"]


def _post(body: bytes, path: str = "/decide", kind: str = "application/json", method: str = "POST") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode("utf-8", "surrogatepass") + body


def _mutated(draw: random.Random, good: dict[str, object]) -> list[bytes]:
    row: dict[str, object] = dict(good)
    for _ in range(draw.randint(0, 3)):
        name = draw.choice(list(row))
        how = draw.randrange(4)
        if how == 0:
            row.pop(name)
        elif how == 1:
            row[draw.choice(["extra", "", "a" * 3000, "\0", name.upper()])] = draw.choice(ODD)
        else:
            row[name] = draw.choice(ODD)
        if not row:
            break
    content: object = draw.choice([row, row, [row] * draw.randint(0, 30), [[row]], [row, 3]])
    query = draw.choice(["", "", "?counterfactuals=true", "?counterfactuals=false", "?x=%ff"])
    return [_post(json.dumps(content).encode(), "/decide" + query)]


def _broken_json(draw: random.Random, good: dict[str, object]) -> list[bytes]:
    text = json.dumps(good).encode()
    at = draw.randrange(len(text))
    broken: list[Callable[[], bytes]] = [
        lambda: text[:at],
        lambda: text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :],
        lambda: b'{"a": NaN}',
        lambda: b'{"a": Infinity, "a": -Infinity}',
        lambda: text[:-1] + b"," + text[1:],  # every name twice
        lambda: draw.randbytes(draw.randrange(300)),
        lambda: text.decode().encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + text,
        lambda: b"",
        lambda: b"null",
        lambda: b'"' + b"\\u0000" * 1000 + b'"',
        lambda: b"1" * 10_000,
    ]
    return [_post(draw.choice(broken)())]


def _odd_request(draw: random.Random, good: dict[str, object]) -> list[bytes]:
    body = json.dumps(good).encode() if draw.random() < 0.7 else b""
    return [_post(body, draw.choice(PATHS), draw.choice(TYPES), draw.choice(METHODS))]


def _raw(draw: random.Random, _: dict[str, object]) -> list[bytes]:
    return [draw.choice(RAW)]


def _half(draw: random.Random, good: dict[str, object]) -> list[bytes]:
    """A request that stops anywhere; sometimes this side then says that nothing more will come."""
    whole = _post(json.dumps(good).encode())
    part = whole[: draw.randrange(1, len(whole) + 1)]
    return [part, b""] if draw.random() < 0.8 else [part]


def _large(draw: random.Random, _: dict[str, object]) -> list[bytes]:
    megabytes = 100 if draw.random() < 0.05 else 2
    head = b"POST /decide HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return [head % (megabytes << 20), *[b" " * (1 << 20)] * megabytes]


def _deep(draw: random.Random, _: dict[str, object]) -> list[bytes]:
    depth, opening = draw.choice([100, 10_000, 400_000]), draw.choice([b"[", b'{"a":'])
    return [_post(opening * min(depth, (1 << 20) // len(opening) - 1))]
