"""The chain: each link cheaper than the one before, none in the way of a cheaper one unless it is all but sure."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.selection.chain import LIKELY, LONGEST, RIVALS, STEP, STRONG, STRONGER, chain, rivals, walk

CANDIDATES = st.dictionaries(
    st.sampled_from("abcdefghij"), st.tuples(st.floats(1, 1000), st.floats(0, 1)), max_size=10
)  # fmt: skip


def linked(candidates):
    return chain({n: cost for n, (cost, _) in candidates.items()}, {n: p for n, (_, p) in candidates.items()})


def test_from_the_dearest_to_the_cheapest_with_evidence_that_weakens():
    assert linked({"half": (50, 1e-9), "quarter": (25, 1e-5), "tenth": (10, 0.02), "lost": (5, 0.9)}) == (
        "half",
        "quarter",
        "tenth",
    )


def test_one_that_is_neither_strong_nor_clearly_stronger_never_stands_before_a_cheaper_one():
    assert linked({"half": (50, 0.03), "tenth": (10, 0.02)}) == ("tenth",)
    assert linked({"half": (50, 0.011), "tenth": (10, 0.2)}) == ("tenth",)


def test_one_that_is_strong_stands_before_a_cheaper_one_of_stronger_evidence_too():
    assert linked({"half": (50, 0.009), "tenth": (10, 0.004)}) == ("half", "tenth")


def test_of_those_of_about_one_cost_the_strongest_evidence_stands():
    assert linked({"cheaper": (10, 0.2), "stronger": (12, 0.01)}) == ("stronger",)


def test_where_both_are_strong_the_cheaper_stands():
    assert linked({"cheaper": (10, 0.0019), "stronger": (12, 1e-9)}) == ("cheaper",)


def test_nobody_is_no_chain():
    assert linked({}) == linked({"lost": (5, 0.9)}) == ()


@given(CANDIDATES)
def test_links_are_steps_apart_in_cost_and_strong_or_clearly_apart_in_evidence(candidates):
    links = linked(candidates)
    assert len(links) <= LONGEST
    for name in links:
        assert candidates[name][1] < LIKELY
    for dearer, cheaper in pairwise(links):
        assert candidates[dearer][0] >= STEP * candidates[cheaper][0]
        assert candidates[dearer][1] < max(STRONG, candidates[cheaper][1] / STRONGER)


@given(CANDIDATES)
def test_whoever_is_likely_has_a_link_of_at_most_a_step_more(candidates):
    likely = [cost for cost, p in candidates.values() if p < LIKELY]
    links = linked(candidates)
    assert bool(links) == bool(likely)
    if likely:
        assert candidates[links[-1]][0] < STEP * min(likely)


def test_it_has_four_links_at_most_and_the_cheapest_are_among_them():
    five = {"a": (160, 1e-12), "b": (80, 1e-9), "c": (40, 1e-6), "d": (20, 1e-3), "e": (10, 0.2)}
    assert linked(five) == ("b", "c", "d", "e")


def test_a_step_is_half_as_much_again_itself_let_in():
    assert linked({"dearer": (15, 0.004), "cheaper": (10, 0.1)}) == ("dearer", "cheaper")
    assert linked({"dearer": (14.99, 0.004), "cheaper": (10, 0.1)}) == ("dearer",)  # of about one cost
    assert linked({"dearer": (14.99, 0.0019), "cheaper": (10, 0.0001)}) == ("cheaper",)


def test_one_stands_before_where_it_is_strong():
    assert linked({"dearer": (20, 0.0099), "cheaper": (10, 0.1)}) == ("dearer", "cheaper")
    assert linked({"dearer": (20, 0.0101), "cheaper": (10, 0.1)}) == ("cheaper",)


def test_one_that_is_just_not_strong_does_not():
    assert linked({"dearer": (20, STRONG), "cheaper": (10, 0.1)}) == ("cheaper",)


def test_one_that_is_not_strong_stands_before_where_its_p_value_is_below_a_twentieth():
    assert linked({"dearer": (20, 0.0119), "cheaper": (10, 0.24)}) == ("dearer", "cheaper")
    assert linked({"dearer": (20, 0.0121), "cheaper": (10, 0.24)}) == ("cheaper",)


def test_with_a_quarter_and_more_nobody_is_likely():
    assert linked({"a": (10, 0.25)}) == ()
    assert linked({"a": (10, 0.2499)}) == ("a",)


def test_evidence_of_a_fifth_of_a_percent_is_alike():
    assert linked({"cheaper": (10, 0.002), "stronger": (12, 1e-9)}) == ("cheaper",)
    assert linked({"cheaper": (10, 0.0021), "stronger": (12, 1e-9)}) == ("stronger",)


# --------------------------------------------------------------------------------------------- rivals


def beside(candidates):
    cost, p_value = ({name: pair[i] for name, pair in candidates.items()} for i in (0, 1))
    links = chain(cost, p_value)
    return links, rivals(links, cost, p_value)


def test_rivals_are_strong_and_of_about_the_cost_of_the_last_link():
    assert beside({"last": (10, 0.003), "rival": (14, 0.009), "weak": (12, 0.01), "dear": (15, 1e-9)}) == (
        ("dear", "last"),
        ("rival",),
    )


def test_there_are_two_rivals_at_most_the_strongest():
    assert beside({"last": (10, 0.003), "a": (11, 0.005), "b": (12, 0.008), "c": (13, 0.004)})[1] == ("c", "a")


@given(CANDIDATES)
def test_rivals_are_few_and_in_no_other_place_of_the_chain(candidates):
    links, others = beside(candidates)
    assert len(others) <= RIVALS
    assert not set(links) & set(others)
    for name in others:
        assert candidates[name][1] < STRONG
        assert candidates[name][0] < STEP * candidates[links[-1]][0]
        assert len(links) == 1 or candidates[name][0] < candidates[links[-2]][0]


# ----------------------------------------------------------------------------------------------- walk

COST = {"half": 50, "tenth": 10, "rival": 12}
FAMILIES = (("half",), ("tenth", "rival"))


@pytest.mark.parametrize(
    ("half", "tenth", "rival", "asked", "chosen"),
    [
        (0.04, 0.04, 0.04, 3, "half"),  # each would pass alone
        (0.04, 0.2, 0.024, 3, "rival"),
        (0.04, 0.04, 0.02, 3, "tenth"),  # once the rival is confirmed, at the full level
        (0.04, 0.024, 0.2, 3, "tenth"),
        (0.05, 0.0, 0.0, 1, None),
    ],
)
def test_one_by_one_at_the_full_level_and_the_last_together_by_holm(half, tenth, rival, asked, chosen):
    names, last = walk(FAMILIES, COST, {"half": half, "tenth": tenth, "rival": rival})
    assert (len(names), last) == (asked, chosen)


def test_nothing_follows_on_a_family_that_was_not_wholly_confirmed():
    families = (("tenth", "rival"), ("half",))
    assert walk(families, COST, {"half": 0.0, "tenth": 0.001, "rival": 0.9}) == (("tenth", "rival"), "tenth")


def test_of_nobody_nobody_is_asked():
    assert walk((), {}, {}) == ((), None)
    assert rivals((), {"a": 1.0}, {"a": 0.0}) == ()


def test_a_truly_inferior_one_passes_in_at_most_five_percent_whatever_the_chain():
    """All at the margin, in one chain with rivals: independent p-values are uniform there."""
    rng, passed = np.random.default_rng(0), 0
    for draw in rng.uniform(size=(4_000, 3)):
        passed += walk(FAMILIES, COST, dict(zip(COST, draw, strict=True)))[1] is not None
    assert passed / 4_000 < 0.05 + 3 * (0.05 * 0.95 / 4_000) ** 0.5
