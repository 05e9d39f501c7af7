"""What a cut took from each matrix's sums is given back by what is left, matrix by matrix, in the order of the data.

Through residual sums, gates and side-by-side parts too: a matrix is fitted to what the whole graph summed there, from
what the cut graph hands it by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from riskmodel.core import Matrix
from riskmodel.networks.graph import Dense, Graph, GraphTrace, Node, traced_graph, with_dense
from riskmodel.networks.graph.run import Values, evaluated
from riskmodel.pruning.algorithms.networks.recovery import Compensation, affine_fit, as_they_are, refitted
from riskmodel.pruning.algorithms.networks.unit_selection import Positions


def compensated_graph(whole: GraphTrace, cut: Graph, rows: Mapping[str, Positions], how: Compensation) -> Graph:
    """`cut` with new weights and offsets; `rows` are the columns of each value that are left, by its name."""
    if how == "none":
        return cut
    begun = [cut] if not any(dense.tie for dense in cut.dense_layers) else _tied(whole, cut, rows, how)
    made = [_in_order(whole, graph, rows, how) for graph in begun]
    return min(made, key=lambda graph: _missed(whole, graph)) if len(made) > 1 else made[0]


def _in_order(whole: GraphTrace, cut: Graph, rows: Mapping[str, Positions], how: Compensation) -> Graph:
    """Each matrix that stands once is fitted on what the cut graph hands it by then."""
    values = {source.name: whole.values[source.name] for source in cut.sources}
    nodes = list[Node]()
    for node in cut.nodes:
        if isinstance(node, Dense) and not node.tie:
            node = _fitted(node, values[node.source], whole.values[node.name][:, rows[node.name]], how)  # noqa: PLW2901
        values[node.name] = evaluated(node, values)
        nodes.append(node)
    return replace(cut, nodes=tuple(nodes))


def _tied(whole: GraphTrace, cut: Graph, rows: Mapping[str, Positions], how: Compensation) -> list[Graph]:
    """A matrix of several steps is fitted on all of them at once.

    First on what the whole graph hands to the units that are left, since a step's input is what the fit makes of the
    step before; then on what the graph so fitted hands on by itself. Which is better shows in the log-odds.
    """
    taught = {name: whole.values[name][:, rows[name]] for name in cut.widths}
    first = second = _each_tie(whole, cut, taught, rows, how)
    for tie in dict.fromkeys(dense.tie for dense in cut.dense_layers if dense.tie):
        own = traced_graph(second, {source.name: whole.values[source.name] for source in cut.sources}).values
        second = _each_tie(whole, second, own, rows, how, only=tie)
    return [first, second]


def _each_tie(  # noqa: PLR0917
    whole: GraphTrace, cut: Graph, given: Values, rows: Mapping[str, Positions], how: Compensation, only: str = ""
) -> Graph:
    uses: dict[str, list[Dense]] = {}
    for dense in cut.dense_layers:
        if dense.tie and only in ("", dense.tie):
            uses.setdefault(dense.tie, []).append(dense)
    changed: dict[str, Dense] = {}
    for several in uses.values():
        inputs = np.concatenate([given[dense.source] for dense in several])
        due = np.concatenate([whole.values[dense.name][:, rows[dense.name]] for dense in several])
        fit = _fitted(several[0], inputs, due, how)
        changed |= {dense.name: replace(dense, weight=fit.weight, bias=fit.bias) for dense in several}
    return with_dense(cut, changed)


def _missed(whole: GraphTrace, graph: Graph) -> float:
    """The mean squared difference of log-odds."""
    own = traced_graph(graph, {source.name: whole.values[source.name] for source in graph.sources})
    return float(((own.margin - whole.margin) ** 2).mean())


def _fitted(dense: Dense, inputs: Matrix, due: Matrix, how: Compensation) -> Dense:
    weight, bias = affine_fit(inputs, due, dense.weight, refitted if how == "least_squares" else as_they_are)
    return replace(dense, weight=np.ascontiguousarray(weight), bias=bias)
