"""What a sample can show is said before anything is fitted, and the promise is kept."""

import pytest

from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.power import POWER, SPREAD, Reach


def test_the_rows_that_a_margin_needs_show_it():
    reach = Reach("test", 3_000, 600, 0.004)
    enough = Reach("test", reach.rows_needed, round(reach.rows_needed / 5), 0.004)
    assert enough.detectable == pytest.approx(0.004, rel=0.01)


def test_it_is_the_margin_that_the_test_itself_calls_detectable():
    reach = Reach("test", 6_000, 1_300, 0.005)
    error = SPREAD * (1 / 1_300 + 1 / 4_700) ** 0.5
    assert reach.detectable == pytest.approx(judge(0.0, error, 0.005).detectable)
    assert POWER == 0.8


def test_few_bads_are_said_first():
    assert "fewer than 20 bads or goods nothing is decided; 2,000 rows would do" in Reach("test", 300, 3, 0.5).in_words


def test_a_margin_out_of_reach_is_said():
    words = Reach("test", 600, 120, 0.005).in_words
    assert words.startswith("Test has 600 rows and 120 bads: it shows with power 0.8 that an equal challenger loses no")
    assert words.endswith("rows: expect the champion to stay.")
    assert "expect" not in Reach("test", 60_000, 12_000, 0.005).in_words
