"""Graphs of every sort of node, drawn at random, and what they make of a row, worked out number by number."""

import numpy as np

from riskmodel.networks.graph import (
    ACTIVATIONS,
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    Pooling,
    Selection,
)

WIDTHS = {"x": 3, "z": 2}
KINDS = (("Relu", ()), ("Tanh", ()), ("LeakyRelu", (0.2,)), ("Sigmoid", ()), ("Clip", (-0.7, 0.9)))


def dense(name, source, outputs, inputs, seed=0):
    random = np.random.default_rng(seed)
    return Dense(name, source, random.normal(size=(outputs, inputs)), random.normal(size=outputs))


def drawn(seed, outputs=1):
    """Two branches of one width, joined, pooled, turned and put beside a source; one matrix stands at two places."""
    random = np.random.default_rng(seed)
    width = int(random.integers(2, 5))
    bent = [Activation(f"r{i}", f"a{i}", *KINDS[random.integers(len(KINDS))]) for i in range(2)]
    tied = dense("t", "x", width, 3, seed + 2)
    nodes = (
        dense("a0", "x", width, 3, seed),
        dense("a1", "z", width, 2, seed + 1),
        *bent,
        Affine("s", "r0", random.normal(size=width), random.normal(size=width)),
        Join("j", ("add", "sub", "mul")[seed % 3], "s", "r1"),
        Affine("y", "x", random.normal(size=3), random.normal(size=3)),
        Dense("t0", "x", tied.weight, tied.bias, "same"),
        Dense("t1", "y", tied.weight, tied.bias, "same"),
        Pooling("p", ("max", "mean")[seed % 2], ("j", "t0", "t1", "r1")),
        Selection("q", "p", random.permutation(width)),
        Concatenation("c", ("q", "z")),
        dense("o", "c", outputs, width + 2, seed + 3),
    )
    return Graph((GraphSource("x", 3), GraphSource("z", 2)), nodes, "o")


def rows(count=7, seed=0):
    random = np.random.default_rng(seed)
    return {name: random.normal(size=(count, width)) for name, width in WIDTHS.items()}


def by_hand(graph, sources, row):
    """Every value of one row, one number at a time."""
    made = {name: [float(number) for number in values[row]] for name, values in sources.items()}
    for node in graph.nodes:
        made[node.name] = _made(node, made)
    return made


def _made(node, made):
    if isinstance(node, Dense):
        given = made[node.source]
        sums = [sum(w * x for w, x in zip(weights, given, strict=True)) for weights in node.weight]
        return [total + bias for total, bias in zip(sums, node.bias, strict=True)]
    if isinstance(node, Affine):
        return [x * s + b for x, s, b in zip(made[node.source], node.scale, node.shift, strict=True)]
    if isinstance(node, Activation):
        return [float(ACTIVATIONS[node.kind].value(np.array(x), *node.parameters)) for x in made[node.source]]
    return _arranged(node, made)


def _arranged(node, made):
    if isinstance(node, Join):
        signs = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b}
        return [signs[node.kind](a, b) for a, b in zip(made[node.left], made[node.right], strict=True)]
    if isinstance(node, Concatenation):
        return [x for part in node.parts for x in made[part]]
    if isinstance(node, Selection):
        return [made[node.source][column] for column in node.columns]
    several = zip(*(made[part] for part in node.parts), strict=True)
    return [max(some) if node.kind == "max" else sum(some) / len(some) for some in several]
