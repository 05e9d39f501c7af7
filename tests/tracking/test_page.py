"""What a browser draws of the saved view: MLflow's format is undocumented, so that its own page is asked.

Where a release no longer draws it, `riskmodel ui` must open the plain page of the trade-off instead: the last test says
which of the two this release has.
"""

import socket
import subprocess
from urllib.request import urlopen

import chromium
import pytest
import stand_in_studies
from mlflow.version import VERSION

from riskmodel.tracking import log_report, open_store, pages, views
from riskmodel.tracking.roles import COLOURS, VariantRole
from riskmodel.tracking.ui import environment, ui_command
from riskmodel.tracking.variant_metrics import BOUND, LOG_COST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium.PROGRAM is None, reason="needs Chromium"),
]
VARIANTS = 12
MARKS = "document.querySelectorAll('{} .point').length"
TITLES = "[...document.querySelectorAll('[data-testid=experiment-view-compare-runs-card] h4')].map((e) => e.innerText)"
ROWS = """[...document.querySelectorAll('.ag-row')].filter((row) => row.innerText.includes('lgbm')).sort(
  (a, b) => a.rowIndex - b.rowIndex).map((row) => row.innerText.split('\\n').find((line) => line.includes('lgbm')))"""
FILLS = "[...document.querySelectorAll('.scatterlayer .point')].map((mark) => getComputedStyle(mark).fill)"
HEADS = """[...document.querySelectorAll('.ag-header-cell')].map((head) => [head.innerText.trim(),
  head.getBoundingClientRect().right, head.scrollWidth <= head.clientWidth])"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of two studies: the page shows the one that was logged last."""
    folder = tmp_path_factory.mktemp("pages")
    made = open_store(f"sqlite:///{folder / 'mlflow.db'}")
    for count in (6, VARIANTS):
        study = stand_in_studies.study_of(count)
        log_report(
            made, stand_in_studies.written_report(stand_in_studies.settings(), study, folder / f"report-{count}")
        )
    return made


@pytest.fixture(scope="module")
def first_view(store):
    """The pages, served as `riskmodel ui` serves them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = pages(store.uri, port)
    server = subprocess.Popen(ui_command(port), env=environment(result), stderr=subprocess.DEVNULL, cwd="/")
    try:
        chromium.until(lambda: urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200)
        yield result
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with chromium.Page(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def test_the_trade_off_is_drawn_at_once(first_view, page):
    """Every variant is a mark, champion and choice by their colours; nothing of the GenAI page is there."""
    page.open(first_view.address)
    page.wait(f"{MARKS.format('.scatterlayer')} === {VARIANTS} && {MARKS.format('.barlayer')} === {2 * VARIANTS}")
    assert page.ask(TITLES)[:4] == [
        "log10 of cost vs. worst AUC change in 0.01",
        BOUND,
        "Parallel Coordinates",
        LOG_COST,
    ]
    fills = page.ask(FILLS)
    assert [fills.count(_rgb(COLOURS[part])) for part in (VariantRole.CHAMPION, VariantRole.CHOSEN)] == [1, 1]
    page.wait("document.querySelectorAll('.parcoords .dimension').length >= 5")
    text = page.ask("document.body.innerText")
    assert f"{VARIANTS} matching runs" in " ".join(text.split())
    assert not [word for word in ("Assistant", "Prompts", "Judges", "AI Gateway", "Error") if word in text]
    assert page.errors == []


def test_champion_and_choice_are_the_first_two_rows_and_named_so(first_view, page):
    page.open(first_view.address)
    page.wait(f"{ROWS}.length >= 3")
    chosen = stand_in_studies.study_of(VARIANTS).trade_off.chosen
    assert page.ask(ROWS)[:2] == ["champion: lgbm", f"chosen: {chosen}"]


def test_the_columns_fit_a_window_of_1280(first_view, tmp_path):
    with chromium.Page(tmp_path, width=1280, height=800) as narrow:
        narrow.open(first_view.server("riskmodel.localhost") + views.address("1", charts=False))
        narrow.wait(f"{HEADS}.some(([text]) => text === 'verdict')")
        heads = narrow.ask(HEADS)
    named = [name for name, _, _ in heads]
    assert {"AUC", BOUND, "cost", "flips pct", "p95 ms", "verdict"} <= set(named)
    assert [name for name, right, _ in heads if right > 1280] == []


def test_where_the_assistant_would_be_this_test_sees_it(first_view, page):
    page.open(first_view.plain)
    page.wait("document.body.innerText.includes('matching')")
    assert "Assistant" in page.ask("document.body.innerText")


def test_the_picture_of_the_description_is_shown(store, first_view, page):
    view = store.client.search_runs(["1"], "tags.role = 'study'", order_by=["attributes.start_time DESC"])
    run = view[0].info.run_id
    page.open(f"{first_view.server('riskmodel.localhost')}/#/experiments/1/runs/{run}?workflowType=machine_learning")
    page.wait("[...document.images].some((image) => image.src.includes('trade_off.svg') && image.naturalWidth > 100)")


def test_which_page_this_release_opens(store, first_view):
    """The saved view is read by MLflow 3.15 to 3.17, as the tests above show; any other opens the plain page."""
    assert ("viewStateShareKey" in first_view.view) == views.reads_saved_views(VERSION)
    assert "/artifacts/trade_off.html" in views.latest(store, "9.0.0")


def test_the_plain_page_is_the_trade_off_too(store, first_view, page):
    page.open(first_view.server("riskmodel.localhost") + views.latest(store, "9.0.0"))
    page.wait("document.body.innerText.includes('trade_off.html')")


def _rgb(colour):
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"
