"""The report in a real browser."""

import json
import re
import shutil
import subprocess

import pytest

from riskmodel.review import review, save

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


def test_this_test_would_see_a_request_and_an_error(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://example.invalid/a.png"><script>console.error("seen")</script>')
    _, console, asked = browse(page, tmp_path, "--dump-dom")
    assert "seen" in console[0]
    assert asked == {"http://example.invalid/a.png"}
