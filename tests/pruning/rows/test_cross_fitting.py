"""No row is judged by a model that was fitted on it, and what was measured once is not measured again."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from samples import drawn

from riskmodel.core import Development
from riskmodel.errors import RiskModelError
from riskmodel.pruning.algorithms.rows.cross_fitting import error, measured


@dataclass
class Memory:
    """A scorer that knows the outcome of each row that it was fitted on, and nothing of others."""

    features: tuple = ()
    known: frozenset = frozenset()
    sha256: str = "memory"
    refits: list = field(default_factory=list)

    def refit(self, development, features):
        self.refits.append(len(development.train))
        return Memory(tuple(features), frozenset(development.train.rows.tolist()))

    def score(self, sample):
        return np.where([row in self.known for row in sample.rows.tolist()], sample.default, 0.5)


def test_a_row_is_never_judged_in_sample():
    development, scorer = Development(drawn(101, 1), drawn(50, 2)), Memory(sha256="a")
    np.testing.assert_array_equal(measured(scorer, development, 4, 0, error), 0.5)
    assert len(scorer.refits) == 4


def test_pruners_of_one_run_share_what_was_measured():
    development, scorer = Development(drawn(102, 1), drawn(50, 2)), Memory(sha256="b")
    first = measured(scorer, development, 3, 0, error)
    assert measured(scorer, development, 3, 0, error) is first
    assert len(scorer.refits) == 3
    measured(scorer, Development(drawn(102, 4), drawn(50, 2)), 3, 0, error)
    assert len(scorer.refits) == 6  # other rows are measured anew


def test_more_folds_than_rows_of_a_class_are_refused():
    train = drawn(60, 1)
    few = train.take(np.concatenate([np.flatnonzero(train.default == 0), np.flatnonzero(train.default == 1)[:3]]))
    with pytest.raises(RiskModelError, match="of the rarer class, however: 4 folds, 3 rows"):
        measured(Memory(sha256="c"), Development(few, drawn(50, 2)), 4, 0, error)
