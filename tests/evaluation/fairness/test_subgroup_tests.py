"""One test made for many parts: the correction, the part in front, and the parts that are too small."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from riskmodel.core import Interval
from riskmodel.core.evidence import Mark, Method
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.subgroup_tests import (
    Subgroup,
    adjusted,
    by_parts,
    by_parts_p,
    by_parts_tolerance,
    reference_group,
)

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


FIGURE = Interval(0.1, 0.0, 0.2)


def held(name, p_beyond, p_within):
    return Subgroup(name, 500, 40, FIGURE, p_beyond, p_within=p_within)


def test_no_harm_is_claimed_where_every_part_shows_it_each_at_full_level(limits):
    """Berger 1982: no correction, however many parts; one that is at 0.06 keeps all from passing."""
    parts = [held(str(i), 0.9, 0.04) for i in range(10)]
    assert by_parts_tolerance(HARM, limits, parts, 5000, "group").mark is Mark.PASS
    result = by_parts_tolerance(HARM, limits, [*parts, held("last", 0.8, 0.06)], 5500, "group")
    assert (result.about, result.mark) == ("last", Mark.NOT_SHOWN)
    assert result.reason.startswith("Neither more than the tolerance nor less is shown")
    assert result.reason.endswith("for either. So it is for 1 of 11.")
    assert column(result, "mark") == ["pass"] * 10 + [Mark.NOT_SHOWN]


def test_harm_is_shown_after_holm_and_is_heavier_than_what_is_not_shown(limits):
    """0.004 of three is 0.012, of six 0.024; of twelve 0.048 and of thirteen 0.052 it is no longer below a level."""
    one = held("one", 0.004, 1.0)
    for others, mark in ((2, Mark.ATTENTION), (11, Mark.ATTENTION), (12, Mark.NOT_SHOWN)):
        parts = [*(held(str(i), 0.9, 0.5) for i in range(others)), one]
        result = by_parts_tolerance(HARM, limits, parts, 5000, "group")
        assert result.mark is mark
        assert result.about == "one"
        assert result.p_value == pytest.approx(min(1.0, 0.004 * (others + 1)))


def test_parts_that_are_too_small_keep_nobody_from_passing_and_take_no_share(limits):
    parts = [held("a", 0.004, 1.0), *(Subgroup(str(i), 3, 1, reason="3 rows.") for i in range(20))]
    assert by_parts_tolerance(HARM, limits, parts, 560, "group").p_value == 0.004
    passing = [held("a", 0.7, 0.01), Subgroup("b", 3, 1, reason="3 rows.")]
    result = by_parts_tolerance(HARM, limits, passing, 503, "group")
    assert (result.mark, column(result, "mark")) == (Mark.PASS, [Mark.PASS, Mark.NOT_EVALUATED])
    nobody = by_parts_tolerance(HARM, limits, passing[1:], 3, "group")
    assert (nobody.mark, nobody.reason) == (Mark.NOT_EVALUATED, "None of 1 can be judged: 3 rows.")


def test_p_values_of_parts_are_holms_by_name_and_measure():
    rng = np.random.default_rng(0)
    for count in range(1, 9):
        p_values = rng.random(count) ** 3
        parts = [Subgroup(f"g{i // 2}", 90, 9, FIGURE, p, measure="ab"[i % 2]) for i, p in enumerate(p_values)]
        result = adjusted([*parts, Subgroup("none", 3)])  # its p-value is NaN
        assert [result[part.key] for part in parts] == pytest.approx(multipletests(p_values, method="holm")[1])
        assert len(result) == count


def test_the_reference_is_the_largest_group_or_the_named_one():
    masks = {"a": np.arange(9) < 3, "b": np.arange(9) >= 3}
    assert (reference_group(masks, None), reference_group(masks, "a")) == ("b", "a")
    with pytest.raises(DataError, match=r"^the reference must be among a, b, however: c$"):
        reference_group(masks, "c")
    with pytest.raises(DataError, match=r"^groups must be at least two to be compared, however: 1$"):
        reference_group({"a": masks["a"]}, None)
