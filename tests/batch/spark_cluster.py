"""A standalone Spark cluster on loopback: one master, two workers of one core, each a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
ABSENT = "no pyspark" if find_spec("pyspark") is None else None if shutil.which("java") else "no Java"


class Cluster:
    """Started with Spark's own spark-class; the workers' logs and files are below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.master = f"spark://{HOST}:{self.port}"
        self._started = [self._start("master", "master.Master", "--port", self.port, "--webui-port", 0)]
        _wait_for(self.port)
        self.workers = [self.worker(i) for i in range(2)]

    def worker(self, number: int) -> subprocess.Popen[bytes]:
        folder = self.folder / f"worker-{number}"
        options = ("--cores", 1, "--memory", "1g", "--work-dir", folder, "--webui-port", 0)
        self._started.append(self._start(f"worker-{number}", "worker.Worker", *options, self.master))
        return self._started[-1]

    def _start(self, name: str, program: str, *options: object) -> subprocess.Popen[bytes]:
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [home / "bin/spark-class", f"org.apache.spark.deploy.{program}", "--host", HOST, *options]
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [str(word) for word in command],
                env={**os.environ, **environment(), "SPARK_HOME": str(home), "SPARK_DAEMON_MEMORY": "256m"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Workers first: a worker takes its executors with it."""
        for process in reversed(self._started):
            if process.poll() is None:
                process.terminate()
        for process in self._started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """What driver and workers are started with."""
    return {"SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable, "OMP_NUM_THREADS": "1"}


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the Spark master did not start")
