"""The report in a real browser."""

import json
import re
import shutil
import subprocess

import pytest
from planted import planted

from riskmodel.evaluation.thresholds import standard
from riskmodel.review import memo, pdf, review, save
from riskmodel.review.dossier import assess

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--virtual-time-budget=8000",
    "--proxy-server=127.0.0.1:9",  # Chromium's own calls go nowhere
)  # fmt: skip


def browse(page, folder, *options):
    """What Chromium says of a page: its document, its console messages, and the addresses that the page asked for."""
    log = folder / "net.json"
    command = [
        CHROMIUM,
        *QUIET,
        f"--user-data-dir={folder / 'profile'}",
        f"--log-net-log={log}",
        *options,
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    events = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    asked = {event["url"] for event in events if event.get("initiator", "not an origin") != "not an origin"}
    return done.stdout, re.findall(r"CONSOLE.*", done.stderr), {url for url in asked if not url.startswith("data:")}


@pytest.mark.parametrize("name", ["review.html", "trade_off.html", "shap_summary.html"])
def test_it_draws_without_errors_and_asks_nobody(settings, study, tmp_path, name):
    page = {path.name: path for path in save(review(settings, study), tmp_path)}[name]
    document, console, asked = browse(page, tmp_path, "--dump-dom")
    assert console == []
    assert asked == set()
    assert document.count('class="main-svg"') >= document.count('class="plotly-graph-div') > 0


def test_it_prints(settings, study, tmp_path):
    page = next(path for path in save(review(settings, study), tmp_path) if path.name == "review.html")
    _, console, _ = browse(page, tmp_path, f"--print-to-pdf={tmp_path / 'review.pdf'}")
    assert console == []
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF")


@pytest.fixture(scope="module")
def change(tmp_path_factory):
    """The page of one change."""
    page = tmp_path_factory.mktemp("change") / "change.html"
    memo.save(memo.memo(assess(planted(rows=2000), standard()), {"policy": "given"}), page)
    return page


def test_the_page_of_a_change_draws_without_errors_and_asks_nobody(change, tmp_path):
    document, console, asked = browse(change, tmp_path, "--dump-dom")
    assert console == []
    assert asked == set()
    assert 'class="tip"' in document


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_a_change_never_scrolls_sideways(change, tmp_path, width):
    frame = tmp_path / "frame.html"
    told = "const page = this.contentDocument.documentElement; document.title = page.scrollWidth - page.clientWidth"
    frame.write_text(f'<iframe src="{change.as_uri()}" style="width:{width}px;border:0" onload="{told}"></iframe>')
    document, _, _ = browse(frame, tmp_path, "--allow-file-access-from-files", "--dump-dom")
    assert "<title>0</title>" in document


def test_the_page_of_a_change_prints(change, tmp_path):
    memo_pdf = tmp_path / "change.pdf"
    pdf.printed(change, memo_pdf)
    assert memo_pdf.read_bytes().startswith(b"%PDF")


def test_this_test_would_see_a_request_and_an_error(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://example.invalid/a.png"><script>console.error("seen")</script>')
    _, console, asked = browse(page, tmp_path, "--dump-dom")
    assert "seen" in console[0]
    assert asked == {"http://example.invalid/a.png"}
