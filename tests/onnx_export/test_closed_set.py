"""A model that could read a file, never end, or fill the memory is refused before the runtime sees it."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from random_trees import random_ensemble
from samples import QUICK

from riskmodel import limits
from riskmodel.errors import BundleError
from riskmodel.files.unpacked import gunzip
from riskmodel.onnx_export import Drawing, closed_set, opened, tree_margin
from riskmodel.scorers.base.convertible import Convertible

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
helper, numpy_helper = onnx.helper, onnx.numpy_helper


def model(change=lambda _: None):
    drawing = Drawing(3, "float64")
    proto = onnx.load_from_string(drawing.finished(tree_margin(drawing, "rows", random_ensemble(1, "lightgbm"))))
    change(proto)
    return proto.SerializeToString()


def before_the_end(proto, *nodes, **tensors):
    """Puts nodes before the last one, which then takes the value `x`."""
    last = proto.graph.node[-1]
    made = onnx.NodeProto()
    made.CopyFrom(last)
    made.input[0] = "x"
    del proto.graph.node[-1]
    proto.graph.node.extend([*nodes, made])
    for name, values in tensors.items():
        proto.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    return last.input[0]


def outside():
    tensor = onnx.TensorProto(name="w", data_type=11, dims=[1], data_location=1)
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


def nested(proto):
    """A tensor of a graph within a graph points to a file."""
    inner = helper.make_graph([], "inner", [], [helper.make_tensor_value_info("w", 11, [1])], [outside()])
    before_the_end(proto, helper.make_node("If", ["c"], ["x"], then_branch=inner, else_branch=inner), c=np.array(True))


def attribute(proto):
    before_the_end(proto, helper.make_node("Constant", [], ["x"], value=outside()))


def of_an_operator(proto):
    proto.graph.node[0].attribute.append(helper.make_attribute("body", helper.make_graph([], "g", [], [])))


def endless(proto):
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"])],
        "body",
        [helper.make_tensor_value_info("i", 7, []), helper.make_tensor_value_info("c", 9, [])],
        [helper.make_tensor_value_info("d", 9, [])],
    )
    before_the_end(proto, helper.make_node("Loop", ["n", "c"], ["x"], body=body), n=np.int64(2**62), c=np.array(True))


def huge(proto):
    before_the_end(proto, helper.make_node("Expand", [proto.graph.node[-1].input[0], "s"], ["x"]), s=[1, 2**30])


def immense(proto):
    before_the_end(proto, helper.make_node("Expand", [proto.graph.node[-1].input[0], "s"], ["x"]), s=[2**31, 2**31])


def outer(proto):
    """Each step multiplies the size."""
    end = proto.graph.node[-1].input[0]
    steps = [helper.make_node("Unsqueeze", [end, "two"], ["u0"])]
    for i in range(6):
        steps.append(helper.make_node("Add", [f"u{i}", "wide"], [f"a{i}"]))
        steps.append(helper.make_node("Unsqueeze", [f"a{i}", "last"], [f"u{i + 1}"]))
    steps.append(helper.make_node("Identity", ["u6"], ["x"]))
    before_the_end(proto, *steps, two=[2], last=[-1], wide=np.zeros(1000))


def square(proto):
    """Rows against rows: small for one, and 4 billion numbers for a batch."""
    end = proto.graph.node[-1].input[0]
    steps = (
        helper.make_node("Reshape", [end, "flat"], ["r"]),
        helper.make_node("Add", [end, "r"], ["x"]),
    )
    before_the_end(proto, *steps, flat=[1, -1])


def lying(proto):
    proto.graph.initializer.append(onnx.TensorProto(name="w", data_type=11, dims=[2**30], raw_data=b"12345678"))


def negative(proto):
    proto.graph.initializer.append(onnx.TensorProto(name="w", data_type=11, dims=[-1, -1], raw_data=b"12345678"))


def function(proto):
    proto.functions.append(helper.make_function("x", "f", [], [], [], [helper.make_opsetid("", 17)]))


def sparse(proto):
    proto.graph.sparse_initializer.add()


def foreign(proto):
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def trees(proto):
    return next(node for node in proto.graph.node if node.op_type == "TreeEnsemble")


def ints(proto, name):
    return next(attribute for attribute in trees(proto).attribute if attribute.name == name).ints


def cyclic(proto):
    leaf, child = ints(proto, "nodes_trueleafs"), ints(proto, "nodes_truenodeids")
    leaf[0], child[0] = 0, 0


def shared(proto):
    roots = ints(proto, "tree_roots")
    roots.append(roots[0])


def beyond(proto):
    ints(proto, "nodes_featureids")[0] = 2**40


def short(proto):
    ints(proto, "nodes_falseleafs").pop()


HOSTILE = (
    nested, attribute, of_an_operator, endless, huge, immense, outer, square, lying, negative, function, sparse,
    foreign, cyclic, shared, beyond, short,
)  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_what_could_read_run_for_ever_or_fill_the_memory_is_refused(change, monkeypatch):
    content = model(change)
    monkeypatch.setattr("riskmodel.onnx_export.model._runtime", lambda: pytest.fail("the runtime was asked"))
    with pytest.raises(BundleError) as caught:
        opened(content, 3)
    assert "\n" not in str(caught.value)


def test_a_producer_that_says_it_is_ours_opens_nothing():
    content = model(endless)
    assert onnx.load_from_string(content).producer_name == "riskmodel"
    with pytest.raises(BundleError, match=r"our operators alone, however: '.Loop'"):
        opened(content, 3)


@pytest.mark.parametrize("width", ["float64", "float32"])
@pytest.mark.parametrize("kind", sorted(QUICK))
def test_all_that_is_written_here_is_of_the_set(fitted, fresh, kind, width):
    scorer = fitted(kind)
    if kind == "onnx" or not isinstance(scorer, Convertible):
        return
    matrix = fresh.columns(scorer.features)
    assert np.isfinite(opened(scorer.as_onnx(width), matrix.shape[1]).run(matrix)).all()


def test_many_rows_of_a_large_model_are_run_in_parts():
    whole = opened(model(), 3)
    matrix = np.random.default_rng(0).normal(size=(1000, 3))
    in_parts = type(whole)(whole.content, 3, whole.width, 1, at_once=7)
    np.testing.assert_array_equal(in_parts.run(matrix), whole.run(matrix))
    assert closed_set.rows_at_once(1 << 20) == 64


def test_the_bound_of_what_a_row_may_take_can_be_raised(monkeypatch):
    monkeypatch.setattr(limits, "_raised", {"onnx_values": 2})
    with pytest.raises(BundleError, match=r"onnx values must be at most 2, however: .*--limit onnx_values="):
        opened(model(), 3)


def test_a_bomb_of_zeros_is_not_unpacked():
    bomb = gzip.compress(bytes(50 << 20))
    with pytest.raises(BundleError, match="at most 1,000 bytes"):
        gunzip(bomb, 1000, "model.onnx.gz")
    assert gunzip(gzip.compress(b"x" * 1000), 1000, "it") == b"x" * 1000


@pytest.mark.parametrize("damage", [lambda c: c[:-4], lambda c: c + b"more", lambda c: c[:20] + b"\0" * 9 + c[29:]])
def test_a_damaged_gzip_is_told(damage):
    with pytest.raises(BundleError, match="it is damaged"):
        gunzip(damage(gzip.compress(os.urandom(100))), 1000, "it")


def mutated(count, seed):
    """In a process of its own, which a crash of the runtime would end."""
    path = os.pathsep.join(map(str, Path(__file__).parents[1:3]))
    command = [sys.executable, Path(__file__).with_name("mutated.py"), str(count), str(seed)]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def test_no_mutated_model_ends_in_a_traceback_or_a_crash():
    assert "120 tried" in mutated(120, 1)


@pytest.mark.slow
def test_no_one_of_many_more_does():
    assert "1500 tried" in mutated(1500, 2)
