"""What stands in a header means the same to a compiler."""

import pytest

from riskmodel.code_export.c import words
from riskmodel.trees.conditions import Case, Condition


@pytest.mark.parametrize(
    ("text", "due"),
    [("a\\b", '"a\\134b"'), ('say "x"', '"say \\042x\\042"'), ("é", '"\\303\\251"'), ("what??!", '"what\\077\\077!"')],
)
def test_a_text_has_no_letter_that_c_reads_otherwise(text, due):
    assert words.string(text) == due


def test_no_name_ends_the_comment_that_it_stands_in():
    assert "*/" not in words.comment("rate */ 12")


def test_a_rule_is_spelt_with_the_names_that_it_is_given():
    rule = Case(Condition(3, "above", 0.5), 1.0, Case(Condition(1, "missing"), 2.0, -1.0))
    assert words.rule(rule) == "(x[3] > 0.5 ? 1.0 : (isnan(x[1]) ? 2.0 : -1.0))"
    assert words.rule(rule, lambda place: f"f{place}").startswith("(f3 > 0.5")
