"""What is a sum of trees says its parts; what is none is refused by its kind."""

import numpy as np
import pytest
from code_export.hand_made import OfTrees, scorer_of
from linear_scorer import COLUMNS, LinearScorer
from random_trees import random_ensemble, trying

from riskmodel.core import Calibration
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import TreePart
from riskmodel.trees.parts import SumOfTrees, parts_of

PARTS = (TreePart(random_ensemble(1, "lightgbm"), 0.5), TreePart(random_ensemble(2, "xgboost"), -2.0))


def test_the_parts_add_up_to_the_raw_margin():
    scorer = scorer_of(*PARTS)
    rows = trying(PARTS[0].ensemble, 60)
    assert isinstance(scorer, SumOfTrees)
    assert parts_of(scorer) == PARTS
    due = 0.5 * PARTS[0].ensemble.margins(rows) - 2.0 * PARTS[1].ensemble.margins(rows)
    np.testing.assert_allclose(sum(p.weight * p.ensemble.margins(rows) for p in parts_of(scorer)), due)


def test_what_is_none_is_refused_by_its_kind():
    scorer = LinearScorer(COLUMNS, Calibration(), (1.0, 2.0, 3.0))
    with pytest.raises(UnsupportedScorer, match=r"must be a sum of trees \(boosters, .*\), however: linear"):
        parts_of(scorer)


def test_a_scorer_that_cannot_say_them_today_says_so_itself():
    class Mixed(OfTrees):
        def tree_parts(self):
            raise UnsupportedScorer("one member is a network")

    with pytest.raises(UnsupportedScorer, match="one member is a network"):
        parts_of(Mixed(COLUMNS, Calibration(), PARTS))


@pytest.mark.parametrize("kind", ["lgbm", "scorecard", "blend"])
def test_the_parts_of_a_fitted_scorer_add_up_too(kind, fitted, fresh):
    scorer = fitted(kind)
    total = sum(part.weight * part.ensemble.margins(fresh.matrix) for part in parts_of(scorer))
    assert np.ptp(total - scorer.raw_margin(fresh.matrix)) < 1e-9
