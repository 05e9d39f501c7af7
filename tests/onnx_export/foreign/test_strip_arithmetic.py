"""Arithmetic over months is read as the runtime runs it; what cannot be cut afterwards is refused by its node."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx_export.foreign.read_files import check_read_as_run, file_of

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Affine, Join
from riskmodel.onnx_export.foreign import network_of


def held(sketch, channels=5, kind="Tanh"):
    return sketch.activation(sketch.conv(sketch.strip(), 4, channels, pads=[1, 1]), kind)


def flat(sketch, value):
    return sketch.add("Flatten", value), 30


def by_channel(kind, *, first):
    """Arithmetic with one number a channel, on either side."""

    def made(sketch):
        constant = sketch.array(np.linspace(0.5, 1.5, 5, dtype=np.float32)[:, None])
        inputs = (constant, held(sketch)) if first else (held(sketch), constant)
        return flat(sketch, sketch.activation(sketch.add(kind, *inputs), "Relu"))

    return made


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul", "Div"])
def test_a_constant_of_each_channel_is_a_line(kind):
    network = check_read_as_run(by_channel(kind, first=False))
    assert [node for node in network.graph.nodes if isinstance(node, Affine) and node.tie]


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul"])
def test_a_constant_may_stand_first(kind):
    check_read_as_run(by_channel(kind, first=True))


def test_one_divided_by_a_value_is_refused():
    with pytest.raises(UnsupportedScorer, match=r"\(Div\) divides by what may be zero"):
        network_of(file_of(by_channel("Div", first=True)))


@pytest.mark.parametrize("kind", ["Add", "Sub", "Mul"])
def test_two_values_are_joined_month_by_month(kind):
    def made(sketch):
        return flat(sketch, sketch.add(kind, held(sketch), held(sketch, kind="Sigmoid")))

    network = check_read_as_run(made)
    assert len([node for node in network.graph.nodes if isinstance(node, Join)]) == 6


@pytest.mark.parametrize("kind", ["Sigmoid", "Elu", "Softplus", "Relu6", "Silu", "Gelu"])
def test_a_function_of_each_number(kind):
    check_read_as_run(lambda sketch: flat(sketch, held(sketch, kind=kind)))


def test_a_normalisation_of_what_was_bent_stays_a_line_of_each_channel():
    network = check_read_as_run(
        lambda sketch: flat(sketch, sketch.activation(sketch.normalisation(held(sketch), 5), "Relu"))
    )
    assert len({node.tie for node in network.graph.nodes if isinstance(node, Affine) and node.tie}) == 1


def divided(sketch):
    return flat(sketch, sketch.add("Div", held(sketch), held(sketch, kind="Sigmoid")))


def at_each_place(sketch):
    return flat(sketch, sketch.add("Mul", held(sketch), sketch.normal(1, 6)))


def between_padding(sketch):
    around = sketch.add("Pad", held(sketch), sketch.whole(0, 0, 1, 0, 0, 1))
    return sketch.add("Flatten", sketch.conv(sketch.activation(around, "Sigmoid"), 5, 5)), 30


def joined_with_padding(sketch):
    around = sketch.add("Pad", held(sketch), sketch.whole(0, 0, 0, 0, 0, 1))
    longer = sketch.conv(sketch.strip(), 4, 5, pads=[1, 2])
    return sketch.add("Flatten", sketch.add("Add", around, longer)), 35


def softened(sketch):
    return flat(sketch, sketch.add("Softmax", held(sketch), axis=1))


def no_number(sketch):
    constant = sketch.array(np.full((5, 1), np.inf, np.float32))
    return flat(sketch, sketch.add("Add", held(sketch), constant))


REFUSED = {
    divided: r"\(Div\) is not read after the first weight",
    at_each_place: r"\(Mul\) has other constants at each place",
    between_padding: r"\(Sigmoid\) comes between padding and what it is padded for",
    joined_with_padding: r"\(Add\) comes between padding and what it is padded for",
    softened: r"\(Softmax\) is not read after the first weight",
    no_number: r"\(Add\) must have finite weights, however: 5 of 5 are no numbers",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_what_is_not_read_is_one_line(made):
    with pytest.raises(UnsupportedScorer, match=REFUSED[made]) as refused:
        network_of(file_of(made))
    assert "\n" not in str(refused.value)
