"""Each kind of scorer as an ONNX model, its preprocessing included: which part of the anatomy becomes which nodes."""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from riskmodel.core import Scorer
from riskmodel.errors import UnsupportedScorer
from riskmodel.onnx_export import Drawing, Width, interpolated, network_margin, tree_margin
from riskmodel.scorers._base.boosting import BoosterScorer
from riskmodel.scorers._base.encoding import Encoding
from riskmodel.scorers._base.network import EncodedScorer
from riskmodel.scorers._base.tables import as_trees
from riskmodel.scorers.blend import BlendScorer
from riskmodel.scorers.onnx import OnnxScorer
from riskmodel.scorers.scorecard import ScorecardScorer
from riskmodel.scorers.simple import SimpleScorer


def model_of(scorer: Scorer, width: Width) -> bytes:
    """The raw margin as an ONNX model. Raises: UnsupportedScorer."""
    if isinstance(scorer, OnnxScorer):
        if scorer.opened.width != width:
            raise UnsupportedScorer(f"the scorer is an ONNX model of {scorer.opened.width} already, however: {width}")
        return scorer.model
    drawing = Drawing(len(scorer.features), width)
    return drawing.finished(margin(scorer, drawing, "rows"))


@singledispatch
def margin(scorer: Scorer, drawing: Drawing, rows: str) -> str:  # noqa: ARG001 - for every kind alike
    """The raw margin of each row, n x 1 doubles. Raises: UnsupportedScorer for a kind without a graph."""
    raise UnsupportedScorer(f"a {scorer.kind} scorer cannot be written as ONNX")


@margin.register
def _booster(scorer: BoosterScorer, drawing: Drawing, rows: str) -> str:
    return tree_margin(drawing, rows, scorer.ensemble)


@margin.register
def _network(scorer: EncodedScorer, drawing: Drawing, rows: str) -> str:
    encoded = _encoded(scorer.encoding, drawing, drawing.cast(rows, np.float64))
    return network_margin(drawing, encoded, scorer.network)


def _encoded(encoding: Encoding, drawing: Drawing, rows: str) -> str:
    """What the encoding makes of each row, n x (numbers + flags + levels) in single precision."""
    parts = []
    if len(encoding.numeric):
        numbers = drawing.columns_of(rows, encoding.numeric)
        gaps = drawing.add("IsNaN", numbers)
        filled = drawing.add("Where", gaps, drawing.constant(encoding.medians), numbers)
        ends = np.cumsum(encoding.sizes)[:-1]
        curves = np.split(encoding.knots, ends), np.split(encoding.scores, ends)
        parts.append(interpolated(drawing, filled, *curves))
    if len(encoding.flagged):
        parts.append(drawing.cast(drawing.add("IsNaN", drawing.columns_of(rows, encoding.flagged)), np.float64))
    if len(encoding.levels):
        codes = drawing.columns_of(rows, encoding.levelled)
        same = drawing.add("Equal", codes, drawing.constant(encoding.levels.astype(np.float64)))
        parts.append(drawing.cast(same, np.float64))
    return drawing.cast(drawing.add("Concat", *parts, axis=1), np.float32)


@margin.register
def _scorecard(scorer: ScorecardScorer, drawing: Drawing, rows: str) -> str:
    return tree_margin(drawing, rows, as_trees(scorer))


@margin.register
def _blend(scorer: BlendScorer, drawing: Drawing, rows: str) -> str:
    total = drawing.filled(rows, scorer.intercept)
    for weight, member in zip(scorer.weights, scorer.members, strict=True):
        part = drawing.add("Mul", margin(member, drawing, rows), drawing.number(weight))
        total = drawing.add("Add", total, part)
    return total


@margin.register
def _simple(scorer: SimpleScorer, drawing: Drawing, rows: str) -> str:
    """The terms in double precision, then the scorecard on them."""
    exact = drawing.cast(rows, np.float64)
    first, second = (np.array([term.features[at] for term in scorer.terms]) for at in (0, -1))
    one = drawing.constant(np.array([term.weights[0] for term in scorer.terms]))
    other = drawing.constant(np.array([term.weights[1] for term in scorer.terms]))
    left = drawing.add("Mul", drawing.columns_of(exact, first), one)
    right = drawing.add("Mul", drawing.columns_of(exact, second), other)
    return tree_margin(drawing, drawing.add("Add", left, right), as_trees(scorer.card), "float64")


@margin.register
def _onnx(scorer: OnnxScorer, drawing: Drawing, rows: str) -> str:  # noqa: ARG001 - for every kind alike
    raise UnsupportedScorer("a model that is ONNX already cannot be a part of another: convert the whole")
