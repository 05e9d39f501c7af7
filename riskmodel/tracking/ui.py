"""MLflow's own pages on a store, for this machine only."""

from __future__ import annotations

import os
import subprocess
import sys

from riskmodel.errors import RiskModelError
from riskmodel.tracking.store import DEFAULT_URI, QUIET, check, sqlite_file

_LOCAL = "127.0.0.1"


def ui(uri: str = DEFAULT_URI, port: int = 5000) -> None:
    """Serves the pages until it is interrupted. Raises: RiskModelError where there is nothing to serve."""
    command = ui_command(uri, port)
    # MLflow's job endpoints run code for whoever can reach them (CVE-2026-0545).
    # The address goes by the environment: arguments can be read by every user of the machine.
    environment = {
        **os.environ,
        **QUIET,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_BACKEND_STORE_URI": uri,
    }
    try:
        code = subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return
    if code > 0:
        raise RiskModelError(f"{uri}: the MLflow pages ended with exit code {code}; is port {port} in use?")


def ui_command(uri: str, port: int) -> list[str]:
    """The command that serves a store. Raises: RiskModelError."""
    check(uri)
    file = sqlite_file(uri)
    if file and not file.is_file():
        raise RiskModelError(f"{file}: there are no runs yet; riskmodel train writes them")
    if uri.startswith("http"):
        raise RiskModelError(f"{uri} is a server already: open it in a browser")
    where = ["--host", _LOCAL, "--port", str(port), "--workers", "1"]
    return [sys.executable, "-m", "mlflow", "server", *where]
