"""One test made for many parts: the correction, the part in front, and the parts that are too small."""

from __future__ import annotations

import pytest

from riskmodel.core import Interval
from riskmodel.core.evidence import Mark, Method
from riskmodel.evaluation.fairness.subgroup_tests import Subgroup, by_parts, by_parts_p

GAPS = Method("fairness.good_approval_gap", "Gaps", "", "", "")
HARM = Method("change.harm", "Harm", "", "", "")


def column(evidence, name):
    listing = evidence.tables[0]
    return [row[listing.columns.index(name)] for row in listing.rows]


def test_the_smallest_p_after_holm_stands_in_front_and_small_parts_take_no_share(limits):
    figure = Interval(0.1, 0.0, 0.2)
    parts = [
        Subgroup("a", 500, 40, figure, 0.4),
        Subgroup("b", 500, 40, figure, 0.02),
        Subgroup("c", 3, 1, reason="3 rows."),
    ]
    result = by_parts_p(HARM, limits, parts, 1003, "group")
    assert (result.about, result.p_value, result.mark) == ("b", 0.04, Mark.ATTENTION)
    assert column(result, "mark") == ["pass", "attention", "NOT EVALUATED"]
    assert column(result, "p_holm") == [0.4, 0.04, None]
    assert column(result, "reason")[2] == "3 rows."


def test_the_heaviest_mark_stands_in_front_and_of_these_the_farthest(limits):
    intervals = [Interval(-0.12, -0.3, 0.1), Interval(0.2, 0.15, 0.25), Interval(-0.3, -0.35, -0.25)]
    result = by_parts(GAPS, limits, [Subgroup(str(i), 90, None, f) for i, f in enumerate(intervals)], 270, "group")
    assert (result.about, result.value, result.mark) == ("2", -0.3, Mark.FAIL)


@pytest.mark.parametrize("judge", [by_parts, by_parts_p])
def test_without_a_part_that_can_be_judged_nothing_is(limits, judge):
    result = judge(GAPS, limits, [Subgroup("a", 3, reason="3 rows; at least 100 are needed.")], 3, "group")
    assert result.mark is Mark.NOT_EVALUATED
    assert "3 rows" in result.reason
    assert judge(GAPS, limits, [], 3, "group").mark is Mark.NOT_EVALUATED
