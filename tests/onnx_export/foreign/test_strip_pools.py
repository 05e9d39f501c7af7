"""The largest and the mean over months are those of the runtime, whatever the window; padding is never counted."""

import pytest

pytest.importorskip("onnxruntime")

from onnx_export.foreign.read_files import check_read_as_run, file_of

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import Pooling
from riskmodel.onnx_export.foreign import network_of


def held(sketch, channels=5):
    return sketch.activation(sketch.conv(sketch.strip(), 4, channels, pads=[1, 1]), "Tanh")


def pooled(kind, places, **attributes):
    def made(sketch):
        return sketch.add("Flatten", sketch.add(kind, held(sketch), **attributes)), 5 * places

    return made


WINDOWS = {
    "pairs": (3, {"kernel_shape": [2], "strides": [2]}),
    "overlapping": (4, {"kernel_shape": [3]}),
    "padded": (3, {"kernel_shape": [3], "strides": [2], "pads": [1, 0]}),
    "as wide as before": (6, {"kernel_shape": [2], "auto_pad": "SAME_UPPER"}),
}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("kind", ["MaxPool", "AveragePool"])
def test_a_pool_is_that_of_the_runtime(kind, window):
    places, attributes = WINDOWS[window]
    network = check_read_as_run(pooled(kind, places, **attributes))
    pools = [node for node in network.graph.nodes if isinstance(node, Pooling)]
    assert {node.kind for node in pools} == {"max" if kind == "MaxPool" else "mean"}
    assert len(pools) == places


@pytest.mark.parametrize("kind", ["GlobalMaxPool", "GlobalAveragePool"])
def test_a_pool_over_all_months_is_one_place(kind):
    network = check_read_as_run(pooled(kind, 1))
    assert len([node for node in network.graph.nodes if isinstance(node, Pooling)]) == 1


@pytest.mark.parametrize("axis", [2, -1])
@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("kind", ["ReduceMean", "ReduceMax"])
def test_a_reduction_over_months_is_that_of_the_runtime(kind, keep, axis):
    def made(sketch):
        value = sketch.add(kind, held(sketch), sketch.whole(axis), keepdims=int(keep))
        return (sketch.add("Flatten", value) if keep else value), 5

    check_read_as_run(made)


def over_rows(sketch):
    value = sketch.add("ReduceMean", held(sketch), sketch.whole(0), keepdims=1)
    return sketch.add("Flatten", sketch.add("Add", value, held(sketch))), 30


def over_everything(sketch):
    return sketch.add("Flatten", sketch.add("Add", sketch.add("ReduceMax", held(sketch)), held(sketch))), 30


def counting_its_padding(sketch):
    return pooled("AveragePool", 6, kernel_shape=[3], pads=[1, 1], count_include_pad=1)(sketch)


def rounding_up(sketch):
    return pooled("MaxPool", 3, kernel_shape=[3], strides=[2], ceil_mode=1)(sketch)


def over_padding(sketch):
    around = sketch.add("Pad", held(sketch), sketch.whole(0, 0, 0, 0, 0, 1))
    return sketch.add("Flatten", sketch.add("GlobalMaxPool", around)), 5


REFUSED = {
    over_rows: r"\(ReduceMean\) ",
    counting_its_padding: r"\(AveragePool\) counts its padding",
    over_padding: r"\(GlobalMaxPool\) takes in padding",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_what_is_not_read_is_one_line(made):
    with pytest.raises(UnsupportedScorer, match=REFUSED[made]) as refused:
        network_of(file_of(made))
    assert "\n" not in str(refused.value)


def test_a_reduction_without_axes_does_not_fit():
    with pytest.raises(RiskModelError, match=r"\(ReduceMax\) does not fit what it is given"):
        network_of(file_of(over_everything))


def test_places_that_are_rounded_up_are_refused_before_they_are_run():
    with pytest.raises(UnsupportedScorer, match=r"\(MaxPool\) rounds its places up"):
        network_of(file_of(rounding_up))
