"""The page of a run has every section that it names, in its order, and no more than the run left."""

import re
from dataclasses import replace

import pytest
from markupsafe import Markup

from riskmodel.review.pages.run import LAST, OF_CHANGE, OWN, run_page
from riskmodel.review.reports.run import Review, review


@pytest.fixture(scope="module")
def whole(done):
    """The review of a finished run, with its dossier."""
    _, report = done
    return Review.from_json((report / "review.json").read_bytes())


@pytest.fixture
def plain(settings, study):
    return review(settings, study, None)


def headings(page):
    return re.findall(r'<h2 id="([\w-]+)"', page)


def listed(page):
    """Where the list of sections leads."""
    return re.findall(r'<li><a href="#([\w-]+)">', page.partition("</nav>")[0])


def test_every_section_is_listed_and_can_be_gone_to(whole):
    page = run_page(whole, {})
    assert listed(page) == [name for name, _ in (*OWN, *OF_CHANGE, *LAST, ("appendix", ""))]
    assert set(listed(page)) <= set(headings(page))
    assert len(set(headings(page))) == len(headings(page))


def test_without_a_dossier_nothing_is_said_of_a_change(plain):
    page = run_page(plain, {})
    assert listed(page) == [name for name, _ in (*OWN, *LAST)]
    assert set(listed(page)) <= set(headings(page))
    assert {"appendix", *(name for name, _ in OF_CHANGE)}.isdisjoint(headings(page))


def test_its_title_is_the_runs_and_texts_are_no_markup(plain):
    page = run_page(replace(plain, name="loans <b>2024</b>", reason="a < b & c"), {})
    assert "<title>Review of loans &lt;b&gt;2024&lt;/b&gt;</title>" in page
    assert "a &lt; b &amp; c" in page
    assert "<b>2024</b>" not in page


def test_a_picture_that_is_given_is_drawn_and_one_that_is_missing_leaves_the_page_whole(plain):
    picture = Markup('<svg id="mine" viewBox="0 0 1 1"></svg>')
    assert str(picture) in run_page(plain, {"cost": picture})
    assert 'id="mine"' not in run_page(plain, {})


def test_the_page_asks_nobody_for_anything(whole):
    page = run_page(whole, {})
    assert not re.search(r'(src|href)="(https?:)?//', re.sub(r'<a [^>]*href="https?://[^"]*"', "", page))
    assert "<script src" not in page


def test_the_same_review_gives_the_same_bytes(whole):
    assert run_page(whole, {}) == run_page(whole, {})
