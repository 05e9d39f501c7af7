"""The smaller class bounds what can be told, whichever it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.stats import sample_size
from riskmodel.stats.sample_size import fewest


@given(st.lists(st.booleans()))
def test_it_is_the_count_of_the_rarer_class_and_does_not_care_which(drawn):
    default = np.array(drawn, bool)
    assert fewest(default) == min(drawn.count(True), drawn.count(False)) == fewest(~default)
    assert isinstance(fewest(default), int)


@pytest.mark.parametrize("default", [[], [True], [False] * 5])
def test_one_class_alone_leaves_none_of_the_other(default):
    assert fewest(np.array(default, bool)) == 0


def test_harder_work_takes_more():
    needs = [sample_size.FOR_VARIANCE, sample_size.FOR_LEAF, sample_size.FOR_SLOPE, sample_size.FEW]
    assert needs == sorted(set(needs))
