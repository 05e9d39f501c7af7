"""One operator by itself: what ONNX's own reference makes of it, and the node as our readers are given it."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator


def node_of(kind, count, outputs=1, domain="", **attributes):
    """A node of inputs i0, i1 ... and outputs o0, o1 ..."""
    inputs, made = [f"i{place}" for place in range(count)], [f"o{place}" for place in range(outputs)]
    return helper.make_node(kind, inputs, made, "it", domain=domain, **attributes)


def model_of(node, arrays, opset=17):
    """The node as a model; whole-number inputs stand in the file, others are given."""
    given, stored = [], []
    for name, values in zip(node.input, arrays, strict=True):
        if values.dtype == np.int64:
            stored.append(numpy_helper.from_array(values, name))
        else:
            kind = helper.np_dtype_to_tensor_dtype(values.dtype)
            given.append(helper.make_tensor_value_info(name, kind, list(values.shape)))
    made = [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in node.output]
    graph = helper.make_graph([node], "one", given, made, stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def by_reference(node, arrays, opset=17):
    """The arrays that the reference makes."""
    model = model_of(node, arrays, opset)
    feeds = {value.name: dict(zip(node.input, arrays, strict=True))[value.name] for value in model.graph.input}
    return [np.asarray(made) for made in ReferenceEvaluator(model).run(None, feeds)]


def known(shapes, node, arrays):
    """The reader of shapes, told of the inputs."""
    held = dict(zip(node.input, arrays, strict=True))
    return shapes(
        {name: values.shape for name, values in held.items()},
        {name: values.ravel().tolist() for name, values in held.items() if values.dtype == np.int64},
    )
