"""MLflow's own pages on a store, for this machine only, opened where the last study shows its trade-off."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from dataclasses import dataclass

from riskmodel.errors import RiskModelError
from riskmodel.tracking import views
from riskmodel.tracking.store import DEFAULT_URI, QUIET, check, existing, sqlite_file

_LOCAL = "127.0.0.1"
# Browsers take every name under localhost for this machine. At the plain name MLflow opens an assistant's panel over a
# quarter of the page; at this one it does not.
_NAME = "riskmodel.localhost"
_PATIENCE = 120.0  # seconds until the pages answer


@dataclass(frozen=True)
class Pages:
    """Where the pages of a store are, `address` for a browser that knows names under localhost, `plain` for others."""

    uri: str
    port: int
    view: str

    @property
    def address(self) -> str:
        return self.server(_NAME) + self.view

    @property
    def plain(self) -> str:
        return self.server(_LOCAL) + self.view

    @property
    def served(self) -> bool:
        """Whether somebody else serves them already."""
        return self.uri.startswith("http")

    def server(self, name: str) -> str:
        return self.uri.rstrip("/") if self.served else f"http://{name}:{self.port}"


def pages(uri: str = DEFAULT_URI, port: int = 5000) -> Pages:
    """The pages of a store, opened at the study that was logged last. Raises: RiskModelError without a store."""
    check(uri)
    file = sqlite_file(uri)
    if file and not file.is_file():
        raise RiskModelError(f"{file}: there are no runs yet; riskmodel train writes them")
    return Pages(uri, port, views.latest(existing(uri)))


def ui(place: Pages, *, browser: bool = True) -> None:
    """Serves the pages until it is interrupted, and opens them. Raises: RiskModelError where they cannot be served."""
    if browser and _has_screen():
        threading.Thread(target=_opened, args=(place,), daemon=True).start()
    if place.served:
        return
    try:
        code = subprocess.run(ui_command(place.port), env=environment(place), check=False).returncode  # noqa: S603
    except KeyboardInterrupt as error:
        error.args = ("the pages are no longer served",)
        raise
    if code > 0:
        raise RiskModelError(f"{place.uri}: the MLflow pages ended with exit code {code}; is port {place.port} in use?")


def ui_command(port: int) -> list[str]:
    """The command that serves a store to browsers of this machine, under both names."""
    hosts = ",".join(f"{name}:{port}" for name in (_NAME, "localhost", _LOCAL))
    where = ["--host", _LOCAL, "--port", str(port), "--workers", "1", "--allowed-hosts", hosts]
    return [sys.executable, "-m", "mlflow", "server", *where, "--cors-allowed-origins", f"http://{_NAME}:{port}"]


def environment(place: Pages) -> dict[str, str]:
    """What the server is started with: the store's address, which arguments would show to every user of the machine.

    MLflow's job endpoints run code for whoever can reach them (CVE-2026-0545), and are off.
    """
    served = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_BACKEND_STORE_URI": place.uri}
    return {**os.environ, **QUIET, **served}


def _has_screen() -> bool:
    """Whether there is a window to open: a browser in the terminal would take the terminal."""
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _opened(place: Pages) -> None:
    """Opens the browser as soon as the pages answer."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{place.server(_LOCAL)}/health", timeout=5):  # noqa: S310 - http by Pages
                webbrowser.open(place.address)
                return
        except OSError:
            time.sleep(0.5)
