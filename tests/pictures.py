"""`make pictures`: what `riskmodel ui` shows first, as pictures for reports/example, taken by a headless Chromium.

python -m tests.pictures [STORE] [FOLDER]     sqlite:///mlflow.db and reports/example without them
"""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep
from urllib.request import urlopen

from riskmodel.tracking import pages, views
from riskmodel.tracking.store import DEFAULT_URI
from riskmodel.tracking.ui import Pages, environment, ui_command
from tests import chromium

SIZES = {1440: 1000, 1280: 900}
DRAWN = (
    "document.querySelectorAll('.scatterlayer .point').length > 1 && document.querySelector('.parcoords .dimension')"
)
LISTED = "[...document.querySelectorAll('.ag-header-cell')].some((head) => head.innerText.trim() === 'verdict')"
SETTLED = 3.0  # seconds that lines are drawn in


def main(store: str = DEFAULT_URI, folder: str = "reports/example") -> None:
    """Writes mlflow_1440.png, mlflow_1280.png and the table, mlflow_table_1280.png."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = pages(store, port)
    server = subprocess.Popen(ui_command(port), env=environment(place), stderr=subprocess.DEVNULL)
    try:
        chromium.until(lambda: urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200)
        for width, height in SIZES.items():
            _taken(place.address, DRAWN, (width, height), Path(folder) / f"mlflow_{width}.png")
        _taken(_table(place), LISTED, (1280, 900), Path(folder) / "mlflow_table_1280.png")
    finally:
        server.terminate()
        server.wait(30)


def _table(place: Pages) -> str:
    """The same view as a list."""
    experiment = place.view.partition("/experiments/")[2].partition("/")[0]
    return place.address.removesuffix(place.view) + views.address(experiment, charts=False)


def _taken(address: str, ready: str, size: tuple[int, int], path: Path) -> None:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        chromium.Page(Path(profile), *size) as page,
    ):
        page.open(address)
        page.wait(ready)
        sleep(SETTLED)
        page.picture(path)
        print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
