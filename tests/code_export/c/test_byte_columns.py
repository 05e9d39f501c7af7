"""Rules as bytes give the number that the rule itself ends in."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.code_export.c import byte_columns
from riskmodel.trees.conditions import Case, Condition

NUMBERS = [math.nan, -2.0, -0.5, 0.0, 0.5, 1.0, 2.0, math.inf]
edges = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0])
conditions = st.one_of(
    st.builds(Condition, st.integers(0, 1), st.sampled_from(["above", "at_most"]), edges),
    st.builds(Condition, st.integers(0, 1), st.sampled_from(["missing", "zero"])),
    st.builds(Condition, st.just(2), st.just("in"), codes=st.sampled_from([(0,), (1, 2)])),
)
rules = st.recursive(st.floats(-2, 2), lambda below: st.builds(Case, conditions, below, below), max_leaves=12)


def holds(condition, row):
    value = row[condition.feature]
    return {
        "above": value > condition.edge,
        "at_most": value <= condition.edge,
        "missing": math.isnan(value),
        "zero": value == 0,
        "in": value in condition.codes,
    }[condition.kind]


def walked(rule, row):
    while isinstance(rule, Case):
        rule = rule.yes if holds(rule.condition, row) else rule.no
    return rule


def byte(column, row):
    if not column.edges:
        return holds(column.question, row)
    value = row[column.question.feature]
    if column.question.kind == "above":
        return sum(value > edge for edge in column.edges)
    return sum(not value <= edge for edge in column.edges)


@given(st.lists(rules, max_size=3), st.tuples(*[st.sampled_from(NUMBERS)] * 3))
def test_a_pass_over_the_splits_ends_at_the_number_of_the_rule(some, row):
    asked = byte_columns.columns(some)
    places = byte_columns.places(asked)
    for rule in some:
        tree, leaf = byte_columns.tree(rule, places), 0
        for column, limit, first, second in tree.splits:
            if byte(asked[column], row) > limit and leaf == first:
                leaf = second
        assert tree.values[leaf] == walked(rule, row)


def ladder(steps):
    rule = -1.0
    for step in range(steps):
        rule = Case(Condition(0, "at_most", float(step)), float(step), rule)
    return rule


def test_a_byte_counts_no_more_edges_than_it_can():
    asked = byte_columns.columns([ladder(200), Case(Condition(0, "at_most", 1e6), 0.0, ladder(200))])
    assert [len(column.edges) for column in asked] == [201]
    many = [Case(Condition(0, "at_most", float(step)), 0.0, 1.0) for step in range(600)]
    assert [len(column.edges) for column in byte_columns.columns(many)] == [252, 252, 96]


@pytest.mark.parametrize(("steps", "fits"), [(255, True), (256, False)])
def test_a_rule_of_more_leaves_than_a_byte_holds_is_none_of_them(steps, fits):
    rule = ladder(steps)
    places = byte_columns.places(byte_columns.columns([rule]))
    assert (byte_columns.tree(rule, places) is not None) == fits
    assert bool(places) == fits
