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
