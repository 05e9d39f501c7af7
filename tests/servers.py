"""Databases and MLflow servers that a test starts and ends: PostgreSQL by Debian's package, SQLite, `mlflow server`."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import chromium

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def why_no_postgres() -> str:
    """What is missing; empty where PostgreSQL can be started."""
    if BIN is None or not (BIN / "initdb").exists():
        return "needs PostgreSQL (Debian's package postgresql)"
    if os.getuid() == 0 and shutil.which("runuser") is None:
        return "needs runuser: PostgreSQL does not start as root"
    return ""


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


@contextmanager
def postgres(folder: Path):
    """The URI of a new database, for SQLAlchemy."""
    folder.mkdir(mode=0o700)
    as_other = []
    if os.getuid() == 0:  # as its own user, who can enter the folders above
        as_other = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    port, data = free_port(), folder / "data"
    made = [*as_other, BIN / "initdb", "-D", data, "--auth=trust", "-U", "bank", "-N"]
    subprocess.run(made, check=True, capture_output=True, cwd="/")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*as_other, BIN / "pg_ctl", "-D", data, "-w"]
    # Its output must not stay a pipe: the server would hold it open.
    started = [*control, "-t", "120", "-l", folder / "log", "-o", options, "start"]
    subprocess.run(started, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"postgresql+pg8000://bank@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")


class Server:
    """`mlflow server` on a database, which can be killed and started again at its address."""

    def __init__(self, database: str, artifacts: Path):
        self.uri = f"http://127.0.0.1:{free_port()}"
        where = ["--host", "127.0.0.1", "--port", self.uri.rpartition(":")[2], "--workers", "1"]
        self._command = [sys.executable, "-m", "mlflow", "server", *where, "--artifacts-destination", str(artifacts)]
        self._environment = {
            **os.environ,
            "MLFLOW_BACKEND_STORE_URI": database,
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }

    def start(self):
        self._process = subprocess.Popen(
            self._command, env=self._environment, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True
        )
        chromium.until(lambda: urlopen(f"{self.uri}/health", timeout=5).status == 200, 180)  # noqa: S310

    @property
    def number(self) -> int:
        """Of its group of processes."""
        return self._process.pid

    def kill(self):
        """At once, with its workers; nothing where that has happened."""
        with suppress(ProcessLookupError):
            os.killpg(self.number, 9)
        self._process.wait(30)
