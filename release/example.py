"""The example of the documentation, out of the run that `make run` did: reports/example/{change,trade_off}.*.

python release/example.py     [`make example` calls it after `make run`]

The change is that to the chosen variant, on the test sample; where the champion stays, to the challenger which test was
asked about first. Pictures are taken by a headless Chromium.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

RUN, EXAMPLE, DATA = Path("reports/taiwan"), Path("reports/example"), Path("data/taiwan_credit.parquet")
ROLES = ("--target", "DEFAULT", "--id", "ID", "--amount", "LIMIT_BAL", "--protected", "SEX,MARRIAGE,AGE,EDUCATION")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def main() -> None:
    """Review, two screenshots, and what was made."""
    if CHROMIUM is None:
        sys.exit("a Chromium must be installed, however: none is on the PATH")
    if not (RUN / "choice.json").is_file():
        sys.exit(f"{RUN} must hold a finished run, however: it has no choice.json; `make run` makes one")
    choice = json.loads((RUN / "choice.json").read_text())
    if not choice["chain"]:
        sys.exit(f"{RUN}: the test sample was asked about nobody, so that there is no change to show")
    EXAMPLE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        rows = Path(name) / "test.parquet"
        pq.write_table(tested(), rows)
        variant = choice["chosen"] if choice["chosen"] != choice["champion"] else choice["chain"][0]
        review(RUN / "bundles" / variant.replace("/", "__"), rows)
        shown = Path(name) / "trade_off.html"
        shown.write_text(f"<body style='margin:40px'>{(RUN / 'trade_off.svg').read_text()}")
        photographed(EXAMPLE / "change.html", EXAMPLE / "change.png", 1120, 1180, Path(name))
        photographed(shown, EXAMPLE / "trade_off.png", 800, 580, Path(name))
    made = (*sorted(EXAMPLE.glob("change.*")), EXAMPLE / "trade_off.png")
    sys.stdout.write("".join(f"{path}\n" for path in made))


def tested() -> pa.Table:
    """The rows of the test sample, as they came."""
    split = pq.read_table(RUN / "split.parquet")
    positions = split.filter(pc.equal(split["sample"].cast(pa.string()), "test"))["position"]
    return pq.read_table(DATA).take(positions)


def review(challenger: Path, rows: Path) -> None:
    """As a reviewer would call it."""
    models = ("--champion", str(RUN / "champion"), "--challenger", str(challenger))
    where = ("--data", str(rows), "--output", str(EXAMPLE / "change.html"))
    called = [str(Path(sys.executable).with_name("riskmodel")), "review", *models, *where, *ROLES]
    subprocess.run(called, check=True)  # noqa: S603 - our own


def photographed(page: Path, picture: Path, width: int, height: int, folder: Path) -> None:
    """The top of a page, so many pixels wide and high."""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=8000")
    where = (f"--user-data-dir={folder / picture.stem}", f"--window-size={width},{height}")
    called = [str(CHROMIUM), *quiet, *where, f"--screenshot={picture.resolve()}", page.resolve().as_uri()]
    subprocess.run(called, check=True, capture_output=True)  # noqa: S603 - of this machine


if __name__ == "__main__":
    main()
