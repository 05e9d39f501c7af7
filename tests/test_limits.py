"""A bound holds until it is raised by name; what is past it is refused in a line that says how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel import limits
from riskmodel.errors import BundleError, ConfigError, DataError, RiskModelError

NAME = st.sampled_from(sorted(limits.DEFAULTS))


@pytest.fixture(autouse=True)
def as_before():
    before = limits.raised()
    limits.take_over({})
    yield
    limits.take_over(before)


@given(NAME, st.integers(1, 1 << 70))
def test_a_bound_is_the_default_until_it_is_set_and_no_other_moves(name, value):
    limits.take_over({})
    assert limits.of(name) == limits.DEFAULTS[name]
    limits.allow(name, value)
    assert limits.of(name) == value
    assert limits.raised() == {name: value}
    assert all(limits.of(other) == limits.DEFAULTS[other] for other in limits.DEFAULTS if other != name)


@pytest.mark.parametrize("value", [0, -1])
def test_a_bound_lets_something_through(value):
    with pytest.raises(ConfigError, match=f"^the limit trees must be at least 1, however: {value}$"):
        limits.allow("trees", value)
    limits.allow("trees", 1)
    assert limits.of("trees") == 1


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(ConfigError) as refusal:
        limits.allow("tree", 5)
    assert str(refusal.value) == f"a limit must be among {', '.join(limits.DEFAULTS)}, however: 'tree'"
    assert limits.raised() == {}


def test_what_one_process_raised_another_takes_over_and_nothing_else():
    limits.allow("trees", 5)
    there = limits.raised()
    limits.allow("nodes", 7)
    limits.take_over(there)
    assert limits.raised() == {"trees": 5}
    assert limits.of("nodes") == limits.DEFAULTS["nodes"]


def test_what_is_handed_out_is_no_way_in():
    limits.raised()["trees"] = 1
    assert limits.of("trees") == limits.DEFAULTS["trees"]
    with pytest.raises(TypeError):
        limits.DEFAULTS["trees"] = 1


@pytest.mark.parametrize("error", [DataError, BundleError, RiskModelError])
def test_at_the_bound_it_passes_and_past_it_not(error):
    limits.allow("cell_bytes", 1234)
    limits.check("cell_bytes", 1234, "loans.csv", error)
    with pytest.raises(error) as refusal:
        limits.check("cell_bytes", 1235, "loans.csv", error)
    assert type(refusal.value) is error
    assert str(refusal.value) == (
        "loans.csv: cell bytes must be at most 1,234, however: 1,235; "
        "--limit cell_bytes=1235 allows it (in Python riskmodel.limits.allow)"
    )


@given(NAME, st.integers(1, 100))
def test_the_way_out_that_a_refusal_names_is_one(name, more):
    limits.take_over({})
    value = limits.of(name) + more
    with pytest.raises(RiskModelError) as refusal:
        limits.check(name, value, "x")
    key, allowed = str(refusal.value).split("--limit ")[1].split(" ")[0].split("=")
    limits.allow(key, int(allowed))
    limits.check(name, value, "x")
