"""The curve of a pruned model shows every size with its paired bounds."""

from dataclasses import replace

from drawings import wide, wide_and_small

from riskmodel.review.charts.palette import MARKS
from riskmodel.review.charts.pruned import curve


def test_every_size_is_one_point_and_lines_are_named_for_what_they_are(frontier):
    drawn = wide(curve(frontier))
    assert [tip.partition(":")[0] for tip in drawn.tips] == [point.name for point in frontier.points]
    assert {"level_scaling", "prefix (its first trees)", "retrain small (from scratch)"} <= set(drawn.words)


def test_the_bounds_told_and_drawn_are_the_paired_ones(frontier):
    point = frontier.points[1]
    tip = wide(curve(frontier)).tips[1]
    assert f"({point.difference.lower:+.4f} to {point.difference.upper:+.4f}), {point.verdict}" in tip


def test_given_and_written_are_named_and_the_margin_lies_below_the_given(frontier):
    drawn = wide(curve(frontier))
    assert {"given", "smaller"} <= set(drawn.words)
    assert "given \N{MINUS SIGN} margin 0.005" in drawn.words
    (level,) = [n for n in drawn.root.iter("line") if n.get("stroke") == MARKS["fail"] and float(n.get("x1")) > 0]
    assert float(level.get("y1")) > drawn.points[0][1]
    assert "smaller" not in wide(curve(replace(frontier, chosen="given"))).words


def test_nothing_leaves_the_paper(frontier):
    assert [drawing.overflowing() for drawing in wide_and_small(curve(frontier))] == [[], []]
