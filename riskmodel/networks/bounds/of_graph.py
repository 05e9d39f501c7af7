"""Bounds on the margin of a graph whose sources each move with one number of the row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from riskmodel.core import Matrix, Vector
from riskmodel.networks.bounds.linear_form import LinearForm, of_box
from riskmodel.networks.bounds.lines import BOUNDED
from riskmodel.networks.graph import Activation, Affine, Concatenation, Dense, Graph, Join, Node

CHUNK = 128  # rows at a time
Forms = Mapping[str, LinearForm]


def is_bounded(graph: Graph) -> bool:
    """Whether every node is one of those below, and every activation has an enclosing line."""
    plain = Dense | Affine | Concatenation | Join
    return all(
        node.kind in BOUNDED if isinstance(node, Activation) else isinstance(node, plain) for node in graph.nodes
    )


def graph_range(
    graph: Graph, low: Mapping[str, Matrix], high: Mapping[str, Matrix], columns: Mapping[str, NDArray[np.intp]]
) -> tuple[Vector, Vector]:
    """Between which log-odds (n each) the margin stays.

    Parameters
    ----------
    graph
        One that `is_bounded`.
    low, high
        The sources (n x units) at the two ends of the box, either of which may be the larger.
    columns
        For each source the number of the row that each unit moves with, and with no other; -1 is none.
    """
    count = 1 + max(int(of.max(initial=-1)) for of in columns.values())
    rows = len(next(iter(low.values())))
    parts = [
        _margin(graph, {name: of_box(low[name][at], high[name][at], columns[name], count) for name in low})
        for at in (slice(start, start + CHUNK) for start in range(0, rows, CHUNK))
    ]
    return np.concatenate([form.low[:, 0] for form in parts]), np.concatenate([form.high[:, 0] for form in parts])


def _margin(graph: Graph, sources: Forms) -> LinearForm:
    forms = dict(sources)
    for node in graph.nodes:
        forms[node.name] = _formed(node, forms)
    output = forms[graph.output]
    if graph.widths[graph.output] == 1:
        return output
    return output.dense(np.array([[-1.0, 1.0]]), np.zeros(1))


def _formed(node: Node, forms: Forms) -> LinearForm:
    if isinstance(node, Dense):
        return forms[node.source].dense(node.weight, node.bias)
    if isinstance(node, Affine):
        return forms[node.source].scaled(node.scale, node.shift)
    if isinstance(node, Activation):
        return forms[node.source].through(node.kind, node.parameters)
    if isinstance(node, Concatenation):
        return _beside([forms[part] for part in node.parts])
    if not isinstance(node, Join):
        raise TypeError(f"no bound is known of a {type(node).__name__}")
    left, right = forms[node.left], forms[node.right]
    return left.times(right) if node.kind == "mul" else left.plus(right, 1.0 if node.kind == "add" else -1.0)


def _beside(parts: list[LinearForm]) -> LinearForm:
    centre, radius = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("centre", "radius"))
    return LinearForm(centre, np.concatenate([part.slopes for part in parts], axis=2), radius)
