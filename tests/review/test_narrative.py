"""What people know of a model goes into the report, and every expectation has its place."""

import pytest

from riskmodel.config import parse
from riskmodel.errors import ConfigError
from riskmodel.review import review
from riskmodel.review.charts.run import pictures
from riskmodel.review.narrative import crosswalk, narrative
from riskmodel.review.pages.change import SECTIONS
from riskmodel.review.pages.run import LAST, OF_CHANGE, OWN, run_page

PLAIN = """
name = "x"
[data]
path = "p"
target = "t"
[policy]
cutoff = 0.3
grade_edges = [0.1]
[[scorers]]
name = "s"
kind = "lgbm"
"""
FACTS = """
[model]
purpose = "Ranks card applications <b>by PD</b>."
owner = "Retail risk"
next_review = 2027-03-31
[[model.limitations]]
weakness = "No applicants without a bureau file."
control = "They go to a person."
"""


@pytest.fixture
def with_facts(settings):
    toml = PLAIN + FACTS
    return settings.model_copy(update={"model": parse(toml.encode(), "x.toml").model})


def test_what_is_given_and_what_is_to_be_filled_are_all_there_is(with_facts):
    result = narrative(with_facts.model.model_dump(mode="json"))
    assert set(result["given"]) == {"purpose", "owner", "next_review", "limitations"}
    assert set(result["to_be_filled"]) == set(type(with_facts.model).model_fields) - set(result["given"])
    assert result["given"]["next_review"] == "2027-03-31"
    assert narrative(None)["to_be_filled"] == list(type(with_facts.model).model_fields)


def test_it_stands_on_the_page_and_in_the_json_as_text(with_facts, study):
    made = review(with_facts, study)
    html = run_page(made, pictures(made))
    assert made.model["given"]["limitations"] == [
        {"weakness": "No applicants without a bureau file.", "control": "They go to a person."}
    ]
    for words in ("Retail risk", "They go to a person.", "2027-03-31", "&lt;b&gt;by PD&lt;/b&gt;"):
        assert words in html
    assert "To be filled by the owner" in html
    assert "human oversight" in html


def test_an_unknown_fact_is_refused_by_its_path(with_facts):
    with pytest.raises(ConfigError, match=r"model\.owners: unknown key; allowed are"):
        parse(f'{PLAIN}[model]\nowners = "a"\n'.encode(), "x.toml")


def test_each_expectation_leads_to_a_section_that_a_page_has_or_to_none():
    known = {name for name, _ in (*OWN, *OF_CHANGE, *LAST, *SECTIONS)} | {"changed", "appendix"}
    assert {e.section for e in crosswalk()} <= known | {""}
    assert {e.source for e in crosswalk()} == {
        "SR 26-2 / OCC 2026-13", "ECB 2019, validation reporting", "EU AI Act, Annex IV"
    }  # fmt: skip
    assert len({(e.source, e.where) for e in crosswalk()}) == len(crosswalk())


def test_a_page_without_the_section_says_that_it_covers_it_not(with_facts, study):
    html = run_page(review(with_facts, study), {})  # no dossier: no fairness, no monitoring
    assert html.count("not covered here") > sum(not e.section for e in crosswalk())
    assert '<a href="#plans">' in html
