"""Points are log-odds on another scale, and the printed table says all that a card holds."""

from math import isnan, log

import pytest

from riskmodel.core import Column, Scale
from riskmodel.scorers.scorecard.binning import FeatureBins
from riskmodel.scorers.scorecard.card import Card, rows_of

CARD = Card(FeatureBins(edges=(10.0,)), (30, 70, 0), (15, 7, 0), (1.3, -0.9, 0.0), (0.8, -0.4, 0.0))
SCALE = Scale(pdo=20, base_points=600, base_odds=50)


def test_base_points_stand_for_the_base_odds_and_pdo_more_double_them():
    assert SCALE.start(-log(50)) == pytest.approx(600)
    assert SCALE.start(-log(100)) == pytest.approx(620)
    assert SCALE.change(log(2)) == pytest.approx(-20)


def test_the_table_has_a_start_and_a_line_a_bin():
    start, *lines = rows_of([Column("age")], [CARD], -1.0, 0.5, SCALE)
    assert (start.feature, start.bin, start.rows, start.bad_rate, start.margin) == ("", "start", 100, 0.22, -1.0)
    assert [line.bin for line in lines] == ["<= 10", "> 10", "missing"]
    assert [line.rows for line in lines] == [30, 70, 0]
    assert [line.bad_rate for line in lines[:2]] == [0.5, 0.1]
    assert isnan(lines[2].bad_rate)
    assert [line.woe for line in lines] == [1.3, -0.9, 0.0]
    assert [line.margin for line in lines] == [0.4, -0.2, 0.0]
    assert [line.points for line in lines] == pytest.approx([-0.4 * 20 / log(2), 0.2 * 20 / log(2), 0.0])
    assert start.points == pytest.approx(600 - 20 / log(2) * (log(50) - 1))


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [("rows", [1, 2], ValueError), ("woe", None, TypeError), ("bins", {"edges": []}, KeyError)],
)
def test_a_card_whose_parts_do_not_fit_is_refused(name, value, error):
    whole = {
        "bins": {"edges": [10.0], "groups": []},
        **{part: [1, 2, 3] for part in ("rows", "bads", "woe", "margins")},
    }
    assert Card.from_data(whole).margins == (1, 2, 3)
    with pytest.raises(error):
        Card.from_data({**whole, name: value})
