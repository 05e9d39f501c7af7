"""A picture for a notebook is a whole document without scripts, saved whole or not at all."""

from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from riskmodel.api.figure import Figure
from riskmodel.errors import DataError
from riskmodel.review.charts.lines import Spot, lines


@pytest.fixture
def figure():
    return Figure.of(lines("AUC", ("x", "y"), {"champion": [Spot(0.1, 0.2), Spot(0.3, 0.4)]}))


def test_it_is_one_document_that_loads_nothing(figure):
    root = ElementTree.fromstring(figure.svg)  # noqa: S314 - drawn a line before
    assert root.tag.endswith("svg")
    assert "<script" not in figure.svg
    assert not any(value.startswith(("http", "//")) for node in root.iter() for value in node.attrib.values())
    assert figure._repr_svg_() == figure.svg


def test_a_saved_picture_is_the_same(figure, tmp_path):
    assert figure.save(tmp_path / "a.svg") == tmp_path / "a.svg"
    assert (tmp_path / "a.svg").read_text("utf-8") == figure.svg


@pytest.mark.parametrize("name", ["a.png", "a", "a.svg.txt"])
def test_another_kind_of_file_is_refused_and_not_written(figure, name, tmp_path):
    with pytest.raises(DataError, match=r"must end in \.svg, however: "):
        figure.save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_without_figures_there_is_no_picture():
    with pytest.raises(DataError, match="there must be figures to draw, however: none was evaluated"):
        Figure.of(None)
    assert isinstance(lines("A", ("x", "y"), {"a": [Spot(0.1, 0.2)]}), Markup)
