"""Between what the margin of a scorer stays while numbers stay within intervals, where its anatomy says so.

Trees by the leaves of a box, networks by linear bounds. Both hold for every row there could be; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from riskmodel.core import Matrix, Scorer, Vector
from riskmodel.networks import EncodedNetwork
from riskmodel.networks.bounds import graph_range, is_bounded, network_range
from riskmodel.networks.graph import TraceableGraph
from riskmodel.trees import HasTrees
from riskmodel.trees.worst_case.box_range import BoxRange

SINGLE = 1e-4  # log-odds: networks count in single precision, their bounds in double
HELD, APART = 64, 1e-3  # rows on which bounds of nothing but a point are held to the scorer, log-odds

MarginRange = Callable[[Matrix, Matrix], tuple[Vector, Vector]]


def range_of(scorer: Scorer, matrix: Matrix) -> MarginRange | None:
    """From two ends of boxes (n x features each) to the raw margin's bounds (n each); None where nothing is known.

    `matrix` are rows on which the anatomy is held to what the scorer says.
    """
    bounds = _anatomy(scorer)
    if bounds is None:
        return None
    some = matrix[np.unique(np.linspace(0, len(matrix) - 1, min(HELD, len(matrix))).astype(np.intp))]
    margin, ends = scorer.raw_margin(some), bounds(some, some)
    return bounds if all(np.abs(end - margin).max(initial=0) <= APART for end in ends) else None


def _anatomy(scorer: Scorer) -> MarginRange | None:
    if isinstance(scorer, HasTrees):
        return BoxRange(scorer.ensemble)
    if isinstance(scorer, EncodedNetwork):
        return _of_network(scorer)
    if isinstance(scorer, TraceableGraph) and is_bounded(scorer.graph) and scorer.source_columns is not None:
        return _of_graph(scorer)
    return None


def _of_network(scorer: EncodedNetwork) -> MarginRange:
    def bounds(low: Matrix, high: Matrix) -> tuple[Vector, Vector]:
        least, most = network_range(scorer.network, scorer.encoded(low), scorer.encoded(high))
        return least - SINGLE, most + SINGLE

    return bounds


def _of_graph(scorer: TraceableGraph) -> MarginRange:
    columns = scorer.source_columns or {}

    def bounds(low: Matrix, high: Matrix) -> tuple[Vector, Vector]:
        least, most = graph_range(scorer.graph, scorer.sources(low), scorer.sources(high), columns)
        return least - SINGLE, most + SINGLE

    return bounds
