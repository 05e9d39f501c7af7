"""What only rearranges months and places is read as the runtime runs it, and costs no layer; the rest is refused."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

from onnx import helper
from onnx_export.foreign.read_files import check_read_as_run, file_of

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Dense
from riskmodel.onnx_export.foreign import network_of


def held(sketch, channels=5):
    """A convolution's channels over six months, bent."""
    return sketch.activation(sketch.conv(sketch.strip(), 4, channels, pads=[1, 1]), "Relu")


def padded(sketch):
    around = sketch.add("Pad", sketch.strip(), sketch.whole(0, 0, 1, 0, 0, 2))
    return sketch.add("Flatten", sketch.conv(around, 4, 5)), 35


def padded_with_a_number(sketch):
    around = sketch.add("Pad", sketch.strip(), sketch.whole(0, 0, 1, 0, 0, 1), sketch.array(np.float32(0)))
    return sketch.add("Flatten", sketch.conv(around, 4, 5)), 30


def split_evenly(sketch):
    """Two halves of the months, added."""
    first, other = f"first{len(sketch.nodes)}", f"other{len(sketch.nodes)}"
    sketch.nodes.append(helper.make_node("Split", [held(sketch), sketch.whole(3, 3)], [first, other], "parts", axis=2))
    return sketch.add("Flatten", sketch.add("Add", first, other)), 15


def gathered(sketch):
    some = sketch.add("Gather", held(sketch), sketch.whole(5, 0, 2), axis=2)
    return sketch.add("Flatten", some), 15


def turned(sketch):
    return sketch.add("Flatten", sketch.add("Transpose", held(sketch), perm=[0, 2, 1])), 30


def sliced_with_steps(sketch):
    ends = sketch.whole(6), sketch.whole(2), sketch.whole(2)
    return sketch.add("Flatten", sketch.add("Slice", held(sketch), sketch.whole(1), *ends)), 15


def sliced_backwards(sketch):
    """From the last month to the first."""
    ends = sketch.whole(-(2**62)), sketch.whole(2), sketch.whole(-1)
    return sketch.add("Flatten", sketch.add("Slice", held(sketch), sketch.whole(5), *ends)), 30


def joined_over_months(sketch):
    both = sketch.add("Concat", held(sketch), held(sketch), axis=2)
    return sketch.add("Flatten", both), 60


def unsqueezed(sketch):
    more = sketch.add("Unsqueeze", held(sketch), sketch.whole(3))
    return sketch.add("Flatten", sketch.add("Squeeze", more, sketch.whole(3))), 30


def copied(sketch):
    return sketch.add("Flatten", sketch.add("Identity", sketch.add("Dropout", held(sketch)))), 30


READ = [padded, padded_with_a_number, split_evenly, gathered, turned, sliced_with_steps, sliced_backwards]
READ += [unsqueezed, copied]


@pytest.mark.parametrize("made", READ, ids=lambda made: made.__name__)
def test_it_is_read_written_and_cut_as_the_runtime_runs_it(made):
    network = check_read_as_run(made)
    uses = [node.tie for node in network.graph.nodes if isinstance(node, Dense)]
    assert len({tie for tie in uses if tie}) == 1  # one kernel, at all of its places


def around_edges(sketch):
    around = sketch.add("Pad", held(sketch), sketch.whole(0, 0, 1, 0, 0, 1), mode="reflect")
    return sketch.add("Flatten", sketch.conv(around, 5, 5)), 30


def around_ones(sketch):
    around = sketch.add("Pad", held(sketch), sketch.whole(0, 0, 1, 0, 0, 1), sketch.array(np.float32(1)))
    return sketch.add("Flatten", sketch.conv(around, 5, 5)), 30


def mixing(sketch):
    return sketch.add("Reshape", sketch.add("Transpose", held(sketch), perm=[2, 0, 1]), sketch.whole(-1, 30)), 30


def padded_units(sketch):
    return sketch.add("Flatten", sketch.add("Pad", held(sketch), sketch.whole(0, 0, 0, 0, 0, 1))), 35


REFUSED = {
    joined_over_months: "spreads the units of a layer over places in its own way",
    around_edges: r"\(Pad\) must pad with zeros",
    around_ones: r"\(Pad\) must pad with zeros",
    mixing: r"\(Reshape\) mixes its rows with another axis",
    padded_units: r"\(Flatten\) has padding among its units",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_what_is_not_read_is_one_line(made):
    with pytest.raises(UnsupportedScorer, match=REFUSED[made]) as refused:
        network_of(file_of(made))
    assert "\n" not in str(refused.value)
