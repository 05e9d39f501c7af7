"""The share that a small change turns, before and after, and how sure it is."""

import numpy as np
import pytest

from riskmodel.core import Column
from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.robustness.nearby import TurnedNearby, Way
from riskmodel.evaluation.robustness.small_changes import excess, excess_small_changes, small_changes

FEATURES = (Column("income"), Column("months"))


def nearby(turned: int, open_: int | None, rows: int = 2000, start: int = 0, way: Way = Way.BOUNDS) -> TurnedNearby:
    place = np.arange(rows)
    mask = (place >= start) & (place < start + turned)
    alone = np.column_stack([np.zeros(rows, bool), mask & (place % 2 == 0)])
    most = None if open_ is None else (place >= start) & (place < start + open_)
    return TurnedNearby(way, mask, most, alone)


def test_the_interval_has_the_sample_and_what_bounds_leave_open(limits):
    result = small_changes(FEATURES, nearby(40, 60), limits)
    assert result.value == 0.02
    assert result.low < result.value
    assert result.high > 0.03
    assert (result.mark, result.measure) == (Mark.PASS, "search and bounds")
    assert small_changes(FEATURES, nearby(40, 1200), limits).mark is Mark.ATTENTION  # not excluded beyond failure
    assert small_changes(FEATURES, nearby(1200, 1200), limits).mark is Mark.FAIL
    counts, by_feature = result.tables
    assert counts.rows == (("model", "search and bounds", 40, 60),)
    assert by_feature.rows == (("months", 20, 0.01),)


def test_the_challenger_fails_where_it_is_shown_to_be_worse_and_not_where_bounds_are_wide(limits):
    full, cut = nearby(20, 24), nearby(240, 250)
    assert excess_small_changes(full, cut, limits).mark is Mark.FAIL
    assert excess_small_changes(full, full, limits).mark is Mark.PASS
    wide = excess_small_changes(full, nearby(24, 300), limits)
    assert (wide.mark, wide.in_doubt) == (Mark.ATTENTION, True)
    searched = nearby(20, None, way=Way.SEARCH)
    assert excess_small_changes(full, searched, limits).measure == "search alone"
    with pytest.raises(DataError, match="the same rows, however: 2000 and 30"):
        excess_small_changes(full, nearby(3, 4, rows=30), limits)


def test_the_excess_is_paired_and_no_discordant_row_is_some_doubt():
    same = excess(nearby(40, 40), nearby(40, 40))
    assert same.low < 0 == same.value < same.high < 0.003
    apart = excess(nearby(40, 40), nearby(40, 40, start=1000))
    assert apart.value == 0
    assert apart.high > 2 * same.high
