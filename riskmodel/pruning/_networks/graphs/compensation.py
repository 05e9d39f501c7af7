"""What a cut took from each matrix's sums is given back by what is left, matrix by matrix, in the order of the data.

Through residual sums, gates and side-by-side parts too: a matrix is fitted to what the whole graph summed there, from
what the cut graph hands it by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from riskmodel.core import Matrix
from riskmodel.networks.graph import Dense, Graph, GraphTrace, Node
from riskmodel.networks.graph.run import evaluated
from riskmodel.pruning._networks.recovery import Compensation, affine_fit, as_they_are, refitted
from riskmodel.pruning._networks.unit_selection import Positions


def compensated_graph(whole: GraphTrace, cut: Graph, rows: Mapping[str, Positions], how: Compensation) -> Graph:
    """`cut` with new weights and offsets; `rows` are the outputs of each matrix that are left, by its name."""
    if how == "none":
        return cut
    values = {source.name: whole.values[source.name] for source in cut.sources}
    nodes = list[Node]()
    for node in cut.nodes:
        if isinstance(node, Dense):
            node = _fitted(node, values[node.source], whole.values[node.name][:, rows[node.name]], how)  # noqa: PLW2901
        values[node.name] = evaluated(node, values)
        nodes.append(node)
    return replace(cut, nodes=tuple(nodes))


def _fitted(dense: Dense, inputs: Matrix, due: Matrix, how: Compensation) -> Dense:
    weight, bias = affine_fit(inputs, due, dense.weight, refitted if how == "least_squares" else as_they_are)
    return replace(dense, weight=np.ascontiguousarray(weight), bias=bias)
