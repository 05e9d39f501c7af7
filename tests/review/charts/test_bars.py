"""Bars are as long as their figures."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.bars import bars

VALUES = [("PAY_0", 0.9), ("LIMIT_BAL", 0.45), ("AGE", 0.0)]


def drawn():
    return bars("lgbm", ("Feature", "Mean |SHAP| (log-odds)"), VALUES)


def test_lengths_are_in_proportion_and_start_at_zero():
    boxes = list(wide(drawn()).root.iter("rect"))
    lengths = [float(box.get("width")) for box in boxes]
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.2)
    assert lengths[2] == 0
    assert len({box.get("x") for box in boxes}) == 1


def test_each_bar_has_its_name_and_tells_its_figure():
    assert wide(drawn()).tips == ["PAY_0: 0.9", "LIMIT_BAL: 0.45", "AGE: 0"]
    assert {"lgbm", "Feature", "Mean |SHAP| (log-odds)", "AGE"} <= set(wide(drawn()).words)


def test_all_zeros_and_a_phone_are_no_trouble():
    assert [d.overflowing() for d in wide_and_small(drawn())] == [[], []]
    assert wide(bars("x", ("Feature", "Figure"), [("a", 0.0)])).tips == ["a: 0"]
