"""Tallies add up, whatever order and however many they come in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.batch.counts import SECTIONS, added

COUNTS = st.dictionaries(st.sampled_from(["a", "b", "10", "9"]), st.integers(0, 50))
TALLIES = st.lists(st.dictionaries(st.sampled_from(SECTIONS), COUNTS), max_size=5)


@settings(max_examples=50, deadline=None)
@given(one=TALLIES, other=TALLIES)
def test_parts_of_parts_add_up_to_the_whole(one, other):
    whole = added([*one, *other])
    assert added([added(other), added(one)]) == whole
    for section in SECTIONS:
        names = {name for tally in (*one, *other) for name in tally.get(section, {})}
        assert list(whole[section]) == sorted(names)
        for name in names:
            assert whole[section][name] == sum(t.get(section, {}).get(name, 0) for t in (*one, *other))


def test_a_section_that_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        added([{"guesses": {"a": 1}}])
