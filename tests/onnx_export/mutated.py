"""Opens and runs mutated ONNX models under a bound of memory; any end but an answer or our refusal is an error.

python mutated.py COUNT SEED
"""

import random
import resource
import sys

import numpy as np
import onnx
from random_trees import random_ensemble

from riskmodel.errors import BundleError
from riskmodel.onnx_export import Drawing, opened, tree_margin

VALUES = (0, 1, -1, 2, 3, 7, 100, 2**31, 2**40, 2**62, -(2**40))


def models():
    for seed in range(4):
        drawing = Drawing(3, "float64" if seed % 2 else "float32")
        ensemble = random_ensemble(seed, "lightgbm" if seed < 2 else "xgboost")
        yield drawing.finished(tree_margin(drawing, "rows", ensemble))


def changed(content, draw):
    """A byte, or a part of the structure."""
    if draw.random() < 0.4:
        at = draw.randrange(len(content))
        return content[:at] + bytes([draw.randrange(256)]) + content[at + draw.choice((0, 1, 1, 1, 5)) :]
    proto = onnx.load_from_string(content)
    for _ in range(draw.choice((1, 1, 2))):
        draw.choice(CHANGES)(proto, draw)
    return proto.SerializeToString()


def operator(proto, draw):
    node = draw.choice(proto.graph.node)
    node.op_type = draw.choice(
        ("Add", "Mul", "Concat", "Gather", "Expand", "Reshape", "Loop", "MatMul", "TreeEnsemble")
    )


def wire(proto, draw):
    node = draw.choice(proto.graph.node)
    if node.input:
        names = [name for other in proto.graph.node for name in other.output]
        node.input[draw.randrange(len(node.input))] = draw.choice([*names, "rows", "", "none"])


def attribute(proto, draw):
    attributes = [one for node in proto.graph.node for one in node.attribute]
    if attributes:
        one = draw.choice(attributes)
        if one.ints:
            one.ints[draw.randrange(len(one.ints))] = draw.choice(VALUES)
        else:
            one.i = draw.choice(VALUES)


def missing(proto, draw):
    node = draw.choice(proto.graph.node)
    if node.attribute:
        del node.attribute[draw.randrange(len(node.attribute))]


def constant(proto, draw):
    tensor = draw.choice(proto.graph.initializer) if proto.graph.initializer else None
    if tensor is not None and tensor.dims:
        tensor.dims[draw.randrange(len(tensor.dims))] = draw.choice(VALUES)


def numbers(proto, draw):
    tensors = [*proto.graph.initializer, *(a.t for n in proto.graph.node for a in n.attribute if a.type == 4)]
    tensor = draw.choice(tensors)
    if tensor.raw_data:
        at = draw.randrange(len(tensor.raw_data))
        tensor.raw_data = tensor.raw_data[:at] + bytes([draw.randrange(256)]) + tensor.raw_data[at + 1 :]


def doubled(proto, draw):
    proto.graph.node.insert(draw.randrange(len(proto.graph.node)), draw.choice(proto.graph.node))


def gone(proto, draw):
    del proto.graph.node[draw.randrange(len(proto.graph.node))]


def kind(proto, draw):
    draw.choice([*proto.graph.input, *proto.graph.output]).type.tensor_type.elem_type = draw.randrange(20)


CHANGES = (operator, wire, attribute, missing, constant, numbers, doubled, gone, kind)


def refusal(content, rows):
    try:
        opened(content, 3).run(rows)
    except BundleError as error:
        return str(error)
    return ""


def main(count, seed):
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    draw, whole = random.Random(seed), list(models())
    rows = np.random.default_rng(0).normal(size=(50, 3))
    refused = 0
    for _ in range(count):
        content = changed(draw.choice(whole), draw)
        refused += bool(refusal(content, rows))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} tried, {refused} refused, {peak} MB at most")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
