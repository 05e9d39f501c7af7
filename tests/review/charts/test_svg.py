"""Shapes differ, titles stay on the paper, words are never markup."""

import re

import pytest
from drawings import drawing, wide_and_small

from riskmodel.review.charts import palette
from riskmodel.review.charts.scale import Linear
from riskmodel.review.charts.svg import below, both, key, picture, point, shape, text, x_axis


def test_every_shape_is_drawn_otherwise_and_about_its_place():
    drawn = {name: shape(name, 100, 50, "#000000") for name in palette.SHAPES}
    assert len(set(drawn.values())) == len(palette.SHAPES)
    for name in set(palette.SHAPES) - {"circle", "ring"}:
        places = [tuple(map(float, pair.split(","))) for pair in re.search('points="([^"]+)"', drawn[name])[1].split()]
        assert max(abs(x - 100) for x, _ in places) < 8
        assert max(abs(y - 50) for _, y in places) < 8


def test_what_a_colour_says_a_shape_says_too():
    assert palette.MARKS.keys() == palette.MARK_SHAPES.keys()
    assert len(set(palette.MARK_SHAPES.values())) == len(palette.MARKS)
    assert len(set(palette.SIDE_SHAPES.values())) == len(palette.SIDES)


def test_a_long_title_is_broken_and_its_height_is_told():
    title = "Challenger less champion, in margins (0 is equal, above is better)"
    broad, slim = Linear(0, 1, 100, 700), Linear(0, 1, 14, 330)
    assert below(broad, title) + 17 == below(slim, title)
    words = re.findall(r'x="([\d.]+)"[^>]*>([^<]{9,})<', "".join(x_axis(slim, title, 0, 100)))
    assert " ".join(row for _, row in words) == title
    assert all(float(x) - 3.5 * len(row) > 0 for x, row in words)


def test_a_legend_is_broken_where_the_paper_ends():
    entries = [("<g/>", name) for name in ("one name", "another name", "a third and longer name")]
    drawn, height = key(entries, 8, 12, 340)
    assert height == 40
    assert len(drawn) == 3
    assert key([], 0, 0, 9) == ([], 0.0)


def test_words_are_text_and_never_markup():
    drawn = picture("<a>", 9, 9, [text(0, 0, "<b>&"), point('"quoted" <c>', [])])
    assert drawing(drawn).tips == ['"quoted" <c>']
    assert not {"<b>", "<c>", "<a>"} & set(re.findall(r"<\w+>", drawn))


def test_both_papers_are_drawn():
    result = wide_and_small(both(lambda width: picture("A picture", width, 10, [])))
    assert [one.width for one in result] == [palette.WIDE, palette.NARROW]


@pytest.mark.parametrize("mark", palette.MARKS)
def test_text_colours_can_be_read_on_white(mark):
    """At least 4.5 to 1, WCAG 2.2, 1.4.3."""
    channels = [int(palette.MARKS[mark][i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) >= 4.5
