"""Every number knows the value and the column that it is of; values are put together from others once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.networks.graph import Activation, Concatenation, Selection
from riskmodel.onnx_export.foreign.places import ZERO, Places, all_channels, by_channel

WIDTHS = {"a": 3, "b": 1, "c": 4}


def numbered():
    places = Places([])
    ids = {name: places.numbered(name, width) for name, width in WIDTHS.items()}
    return places, ids


def values_of(places, name, values):
    """What a value of the graph is, worked out from its parts."""
    made = {node.name: node for node in places.nodes}
    if name not in made:
        return values[name]
    node = made[name]
    if isinstance(node, Concatenation):
        return np.concatenate([values_of(places, part, values) for part in node.parts])
    return values_of(places, node.source, values)[node.columns]


def test_numbers_go_on_from_value_to_value():
    places, ids = numbered()
    assert {name: one.tolist() for name, one in ids.items()} == {"a": [0, 1, 2], "b": [3], "c": [4, 5, 6, 7]}
    assert [places.of(owner).tolist() for owner in range(3)] == [one.tolist() for one in ids.values()]


def test_a_number_is_of_its_value_and_column_and_padding_of_none():
    places, _ = numbered()
    ids = np.array([[0, 2, 3], [4, 7, ZERO]])
    assert places.owners(ids).tolist() == [[0, 0, 1], [2, 2, ZERO]]
    assert places.columns(ids[:, :2]).tolist() == [[0, 2], [0, 3]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=9))
def test_a_vector_holds_the_numbers_that_were_asked_for_in_their_order(wanted):
    places, ids = numbered()
    values = {name: 10.0 * one + 1 for name, one in ids.items()}
    flat = np.concatenate(list(values.values()))
    name = places.vector(np.array(wanted), "made")
    assert values_of(places, name, values).tolist() == flat[wanted].tolist()
    before = len(places.nodes)
    assert places.vector(np.array(wanted), "again") == name
    assert len(places.nodes) == before


def test_a_whole_value_is_itself_and_costs_no_node():
    places, ids = numbered()
    assert places.vector(ids["c"], "made") == "c"
    assert places.nodes == []


def test_whole_values_in_a_row_are_joined_and_parts_are_selected():
    places, ids = numbered()
    places.vector(np.concatenate([ids["c"], ids["b"]]), "made")
    assert [type(node) for node in places.nodes] == [Concatenation]
    places.vector(ids["a"][::-1], "turned")
    assert [type(node) for node in places.nodes] == [Concatenation, Selection]


def test_a_node_that_is_added_has_numbers_of_its_own():
    places, _ = numbered()
    ids = places.added(Activation("r", "a", "Relu"), 3)
    assert ids.tolist() == [8, 9, 10]
    assert places.names[-1] == "r"
    assert places.vector(ids, "made") == "r"


def test_names_of_what_is_made_never_meet():
    places, _ = numbered()
    names = {places.vector(np.array(wanted), "made") for wanted in ([0], [1], [2, 0], [7, 3], [3, 7])}
    assert len(names) == 5
    assert len({node.name for node in places.nodes}) == len(places.nodes)


def test_channels_lie_along_the_axis_where_whole_values_stand():
    places = Places([])
    months = np.stack([places.numbered(f"month{i}", 5) for i in range(3)])
    assert places.channels(months) == (1, ["month0"])
    assert places.channels(months.T) == (0, ["month0"])
    padded = np.concatenate([np.full((1, 5), ZERO), months])
    assert places.channels(padded) == (1, ["month0"])


def test_channels_may_be_of_several_values_and_there_may_be_none():
    places, ids = numbered()
    assert places.channels(np.concatenate([ids["a"], ids["b"]])[None]) == (1, ["a", "b"])
    assert places.channels(ids["c"][None, ::-1]) is None
    assert places.channels(np.full((2, 3), ZERO)) is None


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_by_channel_has_a_row_for_each_place_along_the_axis(axis):
    values = np.arange(24).reshape(2, 3, 4)
    rows = by_channel(values, axis)
    assert rows.shape == (values.shape[axis], 24 // values.shape[axis])
    for place in range(values.shape[axis]):
        assert set(rows[place]) == set(np.take(values, place, axis).ravel())


def test_all_channels_of_a_place():
    values = np.arange(24).reshape(1, 4, 2, 3)
    assert values[all_channels((1, 2))].tolist() == values[0, :, 1, 2].tolist()
