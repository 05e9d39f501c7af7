"""The chain: each link cheaper than the one before, none in the way of a cheaper one that is as likely to pass."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from riskmodel.selection.chain import LIKELY, LONGEST, STEP, STRONGER, chain

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


def test_one_with_no_stronger_evidence_never_stands_before_a_cheaper_one():
    assert linked({"half": (50, 0.03), "tenth": (10, 0.02)}) == ("tenth",)


def test_of_those_of_about_one_cost_the_strongest_evidence_stands():
    assert linked({"cheaper": (10, 0.2), "stronger": (12, 0.01)}) == ("stronger",)


def test_where_both_are_strong_the_cheaper_stands():
    assert linked({"cheaper": (10, 0.004), "stronger": (12, 1e-9)}) == ("cheaper",)


def test_nobody_is_no_chain():
    assert linked({}) == linked({"lost": (5, 0.9)}) == ()


@given(CANDIDATES)
def test_links_are_steps_apart_in_cost_and_clearly_apart_in_evidence(candidates):
    links = linked(candidates)
    assert len(links) <= LONGEST
    for name in links:
        assert candidates[name][1] < LIKELY
    for dearer, cheaper in pairwise(links):
        assert candidates[dearer][0] >= STEP * candidates[cheaper][0]
        assert candidates[dearer][1] * STRONGER < candidates[cheaper][1]


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
    assert linked({"dearer": (14.99, 0.004), "cheaper": (10, 0.0001)}) == ("cheaper",)


def test_a_dearer_one_stands_before_where_its_p_value_is_below_a_twentieth():
    assert linked({"dearer": (20, 0.0049), "cheaper": (10, 0.1)}) == ("dearer", "cheaper")
    assert linked({"dearer": (20, 0.005), "cheaper": (10, 0.1)}) == ("cheaper",)
    assert linked({"dearer": (15, 0.0), "cheaper": (10, 0.0)}) == ("cheaper",)  # 0 is not below a twentieth of 0


def test_with_a_quarter_and_more_nobody_is_likely():
    assert linked({"a": (10, 0.25)}) == ()
    assert linked({"a": (10, 0.2499)}) == ("a",)


def test_evidence_of_half_a_percent_is_strong_enough():
    assert linked({"cheaper": (10, 0.005), "stronger": (12, 1e-9)}) == ("cheaper",)
    assert linked({"cheaper": (10, 0.0051), "stronger": (12, 1e-9)}) == ("stronger",)
