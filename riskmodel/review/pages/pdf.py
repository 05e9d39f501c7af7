"""A page printed to PDF by headless Chromium, where there is one: offline, with a profile of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from riskmodel.errors import RiskModelError

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=127.0.0.1:9",  # Chromium's own calls go nowhere
    "--no-pdf-header-footer",
)
SECONDS = 120


def printed(page: Path, output: Path) -> None:
    """Prints a page of this machine. Raises: RiskModelError where there is no Chromium, or it fails."""
    browser = next((path for name in NAMES if (path := shutil.which(name))), None)
    if browser is None:
        raise RiskModelError(f"a PDF needs Chromium ({', '.join(NAMES)}), however: none is installed")
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *QUIET, f"--user-data-dir={profile}", f"--print-to-pdf={output.resolve()}"]
        try:
            subprocess.run([*command, page.resolve().as_uri()], capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
        except (subprocess.SubprocessError, OSError) as error:
            raise RiskModelError(f"{browser} cannot print the page: {type(error).__name__}") from error
    if not output.is_file():
        raise RiskModelError(f"{browser} printed nothing")
