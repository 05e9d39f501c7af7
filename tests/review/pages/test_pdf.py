"""Printing: refused without a browser, and a browser that fails or prints nothing is told."""

import shutil
from pathlib import Path

import pytest

from riskmodel.errors import RiskModelError
from riskmodel.review.pages.pdf import printed


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """Puts a program of this text in the place of Chromium."""
    folder = tmp_path / "bin"
    folder.mkdir()
    true = shutil.which("sh")

    def install(text):
        place = folder / "chromium"
        place.write_text(f"#!{true}\n{text}\n")
        place.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return place

    monkeypatch.setenv("PATH", str(folder))
    return install


@pytest.fixture
def page(tmp_path):
    place = tmp_path / "a page.html"
    place.write_text("<p>words</p>")
    return place


@pytest.mark.usefixtures("browser")
def test_without_a_browser_the_names_that_serve_are_told(page, tmp_path):
    with pytest.raises(RiskModelError, match=r"^a PDF needs Chromium \(chromium, chromium-browser, google-chrome\)"):
        printed(page, tmp_path / "page.pdf")


def test_a_browser_that_fails_is_named(browser, page, tmp_path):
    place = browser("exit 3")
    with pytest.raises(RiskModelError, match=f"^{place} cannot print the page: CalledProcessError$"):
        printed(page, tmp_path / "page.pdf")


def test_a_browser_that_prints_nothing_is_told(browser, page, tmp_path):
    place = browser("exit 0")
    with pytest.raises(RiskModelError, match=f"^{place} printed nothing$"):
        printed(page, tmp_path / "page.pdf")


def test_the_page_is_printed_offline_from_a_profile_that_is_gone_afterwards(browser, page, tmp_path):
    output = tmp_path / "page.pdf"
    browser(
        'for word in "$@"; do echo "$word"; '
        'case "$word" in --print-to-pdf=*) place="${word#--print-to-pdf=}";; esac;'
        f' done > {tmp_path}/arguments; echo done > "$place"'
    )
    printed(page, output)
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert output.read_text() == "done\n"
    assert arguments[-1] == page.as_uri()
    assert "--proxy-server=127.0.0.1:9" in arguments
    (profile,) = [word.partition("=")[2] for word in arguments if word.startswith("--user-data-dir=")]
    assert not Path(profile).exists()
