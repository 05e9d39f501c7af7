"""A Spark session, or one line on why there is none: without Java, without pyspark, without a master that answers."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from riskmodel.errors import RiskModelError

PATIENCE = 60.0  # seconds that a cluster may take to offer its first core
_MASTER = re.compile(
    r"(local(\[.+\])?|local-cluster\[.+\]|yarn|k8s://.+|spark://(?P<hosts>[^:,/]+:\d+(,[^:,/]+:\d+)*))"
)


@contextmanager
def opened(master: str | None = None) -> Iterator[Any]:
    """A session on `master`, which is stopped afterwards; None: the one that spark-submit names, else all cores here.

    A session that is open already is used, and left open. The environment variable PYSPARK_PYTHON names the workers'
    Python where it is not at the driver's path. Raises: RiskModelError.
    """
    _check(master)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    # Else a worker takes the first python3 on its path, which may have no riskmodel.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    ours = SparkContext._active_spark_context is None
    builder = SparkSession.builder.appName("riskmodel score").config("spark.log.level", "ERROR")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        with in_one_line(master or "Spark"):
            session = (builder.master(master) if master else builder).getOrCreate()
        try:
            _wait(session, master)
            yield session.newSession()
        finally:
            if ours:
                session.stop()


def _check(master: str | None) -> None:
    """What would otherwise end in pages of Java, or in a minute of waiting."""
    match = _MASTER.fullmatch(master) if master else None
    if master and not match:
        raise RiskModelError(f"master must be local[N], spark://HOST:PORT, yarn or k8s://URL, however: {master}")
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")):
        place = f"{home}/bin" if home else "the search path"
        raise RiskModelError(f"Spark needs Java 17 or later, however: no java in {place}")
    try:
        import pyspark  # noqa: F401 - looked for
    except ImportError as error:
        raise RiskModelError("Spark needs pyspark: pip install 'riskmodel[spark]'") from error
    if match and match["hosts"]:
        _check_answer(str(master), match["hosts"].split(","))


def _check_answer(master: str, hosts: list[str]) -> None:
    """One of the masters must answer."""
    reason = ""
    for name, _, port in (host.rpartition(":") for host in hosts):
        try:
            socket.create_connection((name, int(port)), timeout=5).close()
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
        else:
            return
    raise RiskModelError(f"{master}: no Spark master answers: {reason}")


def _wait(session: Any, master: str | None) -> None:
    """A cluster without a free worker would let a job wait for ever."""
    context = session.sparkContext
    if context.master.startswith("local"):
        return
    end = time.monotonic() + PATIENCE
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the driver is one of them
        if time.monotonic() > end:
            raise RiskModelError(f"{master or context.master}: no worker offers a core within {PATIENCE:.0f} s")
        time.sleep(0.2)


@contextmanager
def in_one_line(where: object) -> Iterator[None]:
    """Turns what Spark says into one line: our own error where an executor raised one. Raises: RiskModelError."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    from riskmodel import errors

    try:
        yield
    except (Py4JError, PySparkException) as error:
        text = str(error)
        if own := re.findall(r"^(?:\S+: )*riskmodel\.errors\.(\w+): (.+)$", text, re.MULTILINE):
            kind, message = own[-1]
            raise getattr(errors, kind, RiskModelError)(message.strip()) from error
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("An error occurred")]
        message = " ".join((lines or [repr(error)])[0].split())[:300]
        raise RiskModelError(f"{where}: Spark gave up: {message}") from error
