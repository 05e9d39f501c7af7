"""The report in a real browser."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import chromium
import numpy as np
import pytest
from planted import planted

from riskmodel.evaluation.thresholds import standard
from riskmodel.review import review, save
from riskmodel.review.dossier import assess
from riskmodel.review.evidence import entry
from riskmodel.review.evidence.subject import Earlier
from riskmodel.review.pages import change as change_files
from riskmodel.review.pages import pdf
from riskmodel.review.pages import pruned as pruned_page
from riskmodel.review.reports import change as memo

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"  # npm install --no-save axe-core
RULES = """addEventListener("load", async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const nodes = (rule) => rule.nodes.map((node) => node.html.slice(0, 120));
  parent.document.title = JSON.stringify(found.violations.map((rule) => [rule.impact, rule.id, nodes(rule)]));
});"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAPER = 688, 1017  # pixels of A4 within its margins
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
    document, console, urls = browse(page, tmp_path, "--dump-dom")
    assert console == []
    assert urls == set()
    assert 'class="tip"' in document


def test_it_prints(settings, study, tmp_path):
    page = next(path for path in save(review(settings, study), tmp_path) if path.name == "review.html")
    _, console, _ = browse(page, tmp_path, f"--print-to-pdf={tmp_path / 'review.pdf'}")
    assert console == []
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF")


@pytest.fixture(scope="module")
def change(tmp_path_factory):
    """The page of one change, with drift over more months than stand side by side."""
    page = tmp_path_factory.mktemp("change") / "change.html"
    then, now = planted(rows=900, seed=1, harm=False), planted(rows=2000)
    months = [np.array([f"{year}-{1 + i % 4:02}" for i in range(n)]) for year, n in ((2022, 900), (2023, 2000))]
    earlier = Earlier(*then.sides, then.default, "2022", months[0])
    result = assess(replace(now, earlier=earlier, period=months[1]), standard())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entry, "LISTED", 12)  # two hundred rows of a list take axe-core ten seconds
        change_files.save(memo.memo(result, {"policy": "given"}), page)
    return page


@pytest.fixture(scope="module")
def trained(settings, study, tmp_path_factory):
    """The page of a run."""
    folder = tmp_path_factory.mktemp("trained")
    return next(path for path in save(review(settings, study), folder) if path.name == "review.html")


@pytest.fixture
def pruned(frontier, tmp_path):
    """The page of a pruned model."""
    page = tmp_path / "pruned.html"
    page.write_text(pruned_page.page(frontier))
    return page


def test_the_page_of_a_change_draws_without_errors_and_asks_nobody(change, tmp_path):
    document, console, urls = browse(change, tmp_path, "--dump-dom")
    assert console == []
    assert urls == set()
    assert 'class="tip"' in document


def asked(page, folder, width, script):
    """What a script says of a page of this width, as JSON."""
    frame = folder / "frame.html"
    script_of_title = f"const page = this.contentDocument; document.title = JSON.stringify({script})"
    frame.write_text(
        f"<iframe src='{page.as_uri()}' style='width:{width}px;border:0' onload='{script_of_title}'></iframe>"
    )
    document, _, _ = browse(frame, folder, "--allow-file-access-from-files", "--dump-dom")
    return json.loads(html.unescape(re.search("<title>(.*?)</title>", document, re.DOTALL)[1]))


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", ["change", "trained"])
def test_a_page_never_scrolls_sideways_and_shows_the_picture_that_fits(request, tmp_path, name, width):
    script = """[page.documentElement.scrollWidth - page.documentElement.clientWidth,
      page.querySelector(".wide").offsetWidth > 0, page.querySelector(".small").offsetWidth > 0]"""
    assert asked(request.getfixturevalue(name), tmp_path, width, script) == [0, width > 720, width <= 720]


def test_on_a_phone_no_table_of_many_columns_is_cut_off(change, tmp_path):
    script = """[...page.querySelectorAll(".scroll")].filter((box) => box.querySelector(".stack") && box.offsetWidth > 0
      && box.scrollWidth > box.clientWidth).map((box) => box.ariaLabel)"""
    assert asked(change, tmp_path, 390, script) == []


def test_every_table_comes_as_csv_with_its_heads_and_rows(change, tmp_path):
    script = """(() => { const link = page.querySelector("a.csv");
      link.addEventListener("click", (event) => event.preventDefault()); link.click();
      return [page.querySelectorAll(".scroll table").length, page.querySelectorAll("a.csv").length,
      decodeURIComponent(link.href), link.download]; })()"""
    tables, links, text, name = asked(change, tmp_path, 1280, script)
    assert tables == links > 20
    lines = text.partition(",")[2].split("\r\n")
    assert lines[0] == '"Check","Outcome","Evidence"'
    assert len(lines) == 16
    assert name.endswith(".csv")


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["change", "trained", "pruned"])
def test_nobody_is_shut_out(request, tmp_path, name, width):
    assert shut_out(request.getfixturevalue(name).read_text(), tmp_path, width) == []


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core")
def test_this_test_would_see_who_is(tmp_path):
    result = shut_out('<!doctype html><body><img src="data:,"></body>', tmp_path, 390)
    assert ("critical", "image-alt") in [(impact, rule) for impact, rule, _ in result]


def shut_out(text, folder, width):
    """What axe-core finds in a page of this width, folds open: impact, rule, where."""
    page, frame = folder / "page.html", folder / "frame.html"
    scripts = "".join(f"<script>{script}</script>" for script in (AXE.read_text(), RULES))
    head, _, tail = text.replace("<details>", "<details open>").rpartition("</body>")
    page.write_text(f"{head}{scripts}</body>{tail}")
    frame.write_text(f'<title></title><iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe>')
    document, _, _ = browse(frame, folder, "--allow-file-access-from-files", "--dump-dom")
    return json.loads(html.unescape(re.search("<title>(.*?)</title>", document, re.DOTALL)[1]))


def test_the_page_of_a_change_prints(change, tmp_path):
    memo_pdf = tmp_path / "change.pdf"
    pdf.printed(change, memo_pdf)
    assert memo_pdf.read_bytes().startswith(b"%PDF")


def test_this_test_would_see_a_request_and_an_error(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://example.invalid/a.png"><script>console.error("seen")</script>')
    _, console, urls = browse(page, tmp_path, "--dump-dom")
    assert "seen" in console[0]
    assert urls == {"http://example.invalid/a.png"}


def test_on_paper_nothing_is_wider_than_the_page_and_no_hint_is_of_keys(change, trained, tmp_path):
    """Chromium shrinks a whole document to its widest table: one long cell made every page of it hard to read."""
    beyond = "(e) => e.getBoundingClientRect().right > innerWidth + 1"
    wide = f"[...document.querySelectorAll('table, svg')].filter({beyond})"
    with chromium.Page(tmp_path, *PAPER) as page:
        page.on_paper()
        for path in (change, trained):
            page.open(path.as_uri())
            page.wait("document.readyState === 'complete'")
            page.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.ask(f"{wide}.map((e) => e.caption?.innerText ?? e.tagName)") == []
            assert "arrow keys" not in page.ask("document.body.innerText")
            assert "arrow keys" in change.read_text()
