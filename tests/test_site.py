"""The documentation as a site: it asks nobody, fits a phone, and shuts nobody out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chromium import PROGRAM, Page

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "index", "start", "guides/modeller", "guides/validator", "guides/operator", "how/choice", "how/evidence",
    "reference/toml", "reference/cli", "notebooks/1_prune_my_booster",
)  # fmt: skip
GRAVE = """axe.run().then((done) => done.violations.filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 120)]))"""
ELSEWHERE = (
    """performance.getEntriesByType("resource").map((one) => one.name).filter((name) => !name.startsWith("file:"))"""
)

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    program = str(Path(sys.executable).with_name("mkdocs"))
    called = [program, "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(called, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_ask_nobody_and_never_scroll_sideways(site, tmp_path, width):
    with Page(tmp_path, width, 900) as page:
        for name in PAGES:
            page.open((site / f"{name}.html").as_uri())
            page.wait("document.readyState === 'complete' && location.protocol === 'file:'")
            assert page.ask(ELSEWHERE) == [], name
            assert page.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, name
            assert page.errors == [], name


def test_what_is_searched_for_is_offered_where_there_is_no_server(site, tmp_path):
    with Page(tmp_path, 1280, 900) as page:
        page.open((site / "index.html").as_uri())
        page.wait("document.readyState === 'complete' && location.protocol === 'file:'")
        page.ask("document.querySelector('label[for=__search]').click()")
        page.ask(
            """(() => { const box = document.querySelector('.md-search__input'); box.focus(); box.value = 'scorecard';
            box.dispatchEvent(new Event('keyup', {bubbles: true})); })()"""
        )
        assert page.wait("document.querySelectorAll('.md-search-result__item').length", 20) > 1


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core")
@pytest.mark.parametrize("width", [390, 1280])
def test_nobody_is_shut_out(site, tmp_path, width):
    grave = {}
    with Page(tmp_path, width, 900) as page:
        for name in PAGES:
            page.open((site / f"{name}.html").as_uri())
            page.wait("document.readyState === 'complete' && location.protocol === 'file:'")
            page.ask(AXE.read_text())
            grave[name] = page.ask(GRAVE)
    assert grave == {name: [] for name in PAGES}
