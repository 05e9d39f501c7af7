"""The page of a model that decides alike, and the same for a program: both of the same answer."""

import json
import re
from dataclasses import replace

import pytest
from stand_in_decisions import stand_in_decisions

from riskmodel.review.pages.same_decisions import SECTIONS, facts, page


@pytest.fixture
def answer():
    return stand_in_decisions()


def test_every_section_is_there_in_its_order(answer):
    text = page(answer)
    ids = [name for name in re.findall(r'\bid="([\w-]+)"', text) if name in dict(SECTIONS)]
    assert ids == [name for name, _ in SECTIONS]


def test_a_program_reads_plain_values_without_loss(answer):
    made = facts(answer)
    assert json.loads(json.dumps(made, allow_nan=False)) == json.loads(json.dumps(made))
    assert made["same_decisions"] == {"share": answer.share, "cutoff": answer.cutoff}
    assert (made["confirmed"], made["chosen"], made["reached"]) == (answer.confirmed, answer.chosen, answer.reached)
    assert [row["leaves"] for row in made["selection"]] == [point.leaves for point in answer.points]
    assert made["everyone"]["statement"] == answer.everyone.statement


def test_what_is_reached_stands_on_the_page(answer):
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page(answer)))
    assert answer.reached.split(".")[0] in said


def test_without_outcomes_there_is_no_change_to_tell(answer):
    assert facts(replace(answer, change=None))["change"] == {}
    assert page(replace(answer, change=None))


def test_its_title_is_text(answer):
    text = page(replace(answer, title="loans <script>"))
    assert "<title>loans &lt;script&gt;</title>" in text
    assert "loans <script>" not in text


def test_the_same_answer_gives_the_same_bytes(answer):
    assert page(answer) == page(stand_in_decisions())
