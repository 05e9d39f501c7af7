"""What a small change turns, in the words of a page and for a program."""

import json

import pytest

from riskmodel.core import Interval
from riskmodel.core.evidence import Mark
from riskmodel.evaluation.robustness.before_and_after import NOT_ASKED, SmallChangeComparison, TurnedShare
from riskmodel.evaluation.robustness.nearby import Way
from riskmodel.review.pages.small_changes import small_change_facts, small_change_lines

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def comparison():
    given = TurnedShare(Way.SEARCH, 12, None, Interval(0.012, 0.008, 1.0))
    written = TurnedShare(Way.SEARCH, 1_020, 1_030, Interval(0.25, 0.2, 0.3))
    return SmallChangeComparison(0.05, 4_000, 0.2, given, written, Interval(0.238, 0.19, 0.28), Mark.FAIL, "Too many.")


def test_rows_are_told_with_what_is_not_excluded(comparison):
    given, written, difference = small_change_lines(comparison)
    assert given == (
        "Decisions turned, given model",
        f"1.2{SPACE}% (0.8{SPACE}% to 100{SPACE}%)",
        f"12 of 4,000 rows shown, nothing bounds it ({Way.SEARCH})",
    )
    assert written[2].startswith("1,020 of 4,000 rows shown, not excluded: 1,030 (")
    assert difference == ("Difference", f"23.8{SPACE}% (19{SPACE}% to 28{SPACE}%)", "fail: Too many.")


def test_a_program_is_given_plain_values_and_a_verdict(comparison):
    facts = small_change_facts(comparison)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert (facts["verdict"], facts["reason"], facts["rows"]) == ("fail", "Too many.", 4_000)
    assert facts["given"]["not_excluded"] is None
    assert facts["excess"] == {"value": 0.238, "low": 0.19, "high": 0.28}
    assert "mark" not in facts


def test_what_was_not_asked_is_not_evaluated():
    assert list(small_change_lines(NOT_ASKED)) == [("Small changes", "NOT EVALUATED", "It was not asked.")]
    assert small_change_facts(NOT_ASKED) == {"verdict": "NOT EVALUATED", "reason": "It was not asked."}


@pytest.mark.parametrize(
    ("low", "mark", "worse"), [(0.19, Mark.FAIL, True), (0.0, Mark.FAIL, False), (0.1, Mark.PASS, False)]
)
def test_worse_is_shown_only_beyond_zero_and_beyond_the_threshold(comparison, low, mark, worse):
    from dataclasses import replace

    assert replace(comparison, excess=Interval(0.238, low, 0.28), mark=mark).is_worse is worse
