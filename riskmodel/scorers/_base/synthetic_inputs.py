"""Made-up applications around the numbers at which a scorer changes its mind: for checks where there are no rows.

Half of the numbers lie between two such points as often as the scorer has points there (for an encoding these are
quantiles of train), half lie on them or right beside them; some are missing, and a few lie far out.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from riskmodel.core import Kind, Matrix, Scorer, Vector
from riskmodel.scorers._base.boosting import BoosterScorer
from riskmodel.scorers._base.network import EncodedScorer
from riskmodel.scorers.blend import BlendScorer
from riskmodel.scorers.scorecard import ScorecardScorer
from riskmodel.scorers.simple import SimpleScorer

MISSING, FAR = 0.08, 0.01

Points = dict[int, list[float]]


def drawn(scorer: Scorer, rows: int, seed: int) -> Matrix:
    """Rows, n x features; categories are codes, and now and then one that no train sample had."""
    random = np.random.default_rng(seed)
    points = points_of(scorer)
    matrix = np.empty((rows, len(scorer.features)))
    for place, column in enumerate(scorer.features):
        if column.kind is Kind.CATEGORICAL:
            matrix[:, place] = random.integers(0, len(column.categories) + 2, rows)
        else:
            ends = [end for end in (column.low, column.high) if end is not None]
            known = np.unique([*points.get(place, ()), *ends])
            matrix[:, place] = _numbers(known[np.isfinite(known)], rows, random)
        matrix[random.random(rows) < MISSING, place] = np.nan
    return matrix


def _numbers(known: Vector, rows: int, random: np.random.Generator) -> Vector:
    if not len(known):
        return random.standard_normal(rows)
    between = np.interp(random.random(rows) * (len(known) - 1), np.arange(len(known)), known)
    on = random.choice(known, rows)
    steps = np.nextafter(on, random.choice([-np.inf, np.inf], rows))
    singles = np.nextafter(on.astype(np.float32), np.float32(np.inf)).astype(np.float64)
    which = random.choice(6, rows, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
    found = np.choose(which, [between, on, steps, singles, -on, on + 1])
    spread = max(float(np.ptp(known)), 1.0)
    return np.where(random.random(rows) < FAR, found + 10 * spread * random.standard_normal(rows), found)


@singledispatch
def points_of(scorer: Scorer) -> Points:  # noqa: ARG001 - for every kind alike
    """The numbers of each column at which the scorer changes its mind; none where its kind does not tell them."""
    return {}


@points_of.register
def _booster(scorer: BoosterScorer) -> Points:
    points: Points = {}
    for tree in scorer.ensemble.trees:
        for node in np.flatnonzero(~tree.is_leaf):
            points.setdefault(int(tree.feature[node]), []).append(float(tree.threshold[node]))
    return {column: [*found, 0.0] for column, found in points.items()}


@points_of.register
def _network(scorer: EncodedScorer) -> Points:
    encoding = scorer.encoding
    curves = np.split(encoding.knots, np.cumsum(encoding.sizes)[:-1])
    return {int(column): knots.tolist() for column, knots in zip(encoding.numeric, curves, strict=True)}


@points_of.register
def _scorecard(scorer: ScorecardScorer) -> Points:
    return {place: list(card.bins.edges) for place, card in enumerate(scorer.cards)}


@points_of.register
def _blend(scorer: BlendScorer) -> Points:
    points: Points = {}
    for member in scorer.members:
        for column, found in points_of(member).items():
            points.setdefault(column, []).extend(found)
    return points


@points_of.register
def _simple(scorer: SimpleScorer) -> Points:
    points: Points = {}
    for term, card in zip(scorer.terms, scorer.card.cards, strict=True):
        for column in term.features:
            points.setdefault(column, []).extend(card.bins.edges)
    return points
