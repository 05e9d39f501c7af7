"""On which rows a small ensemble learns from a large one."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel.core import Development, Targets
from riskmodel.trees import CanTeach
from riskmodel.trees.targets import student_rows

DEVELOPMENT = Development(drawn(70, 1, "train"), drawn(40, 2, "tune"))


def test_without_more_applications_it_learns_from_train():
    sample, labelled = student_rows(DEVELOPMENT)
    assert sample is DEVELOPMENT.train
    assert labelled.tolist() == [True] * 70


def test_applications_without_outcome_come_after_train_and_are_told_apart():
    more = drawn(23, 3).matrix
    sample, labelled = student_rows(replace(DEVELOPMENT, unlabelled=more))
    np.testing.assert_array_equal(sample.matrix, np.concatenate([DEVELOPMENT.train.matrix, more]))
    np.testing.assert_array_equal(sample.default[labelled], DEVELOPMENT.train.default)
    assert labelled.tolist() == [True] * 70 + [False] * 23
    assert sample.rows[~labelled].tolist() == [-1] * 23
    assert (len(sample), sample.features) == (93, FEATURES)


def test_outcomes_are_targets_of_zero_and_one():
    targets = Targets.outcomes(DEVELOPMENT)
    assert targets.train.dtype == targets.tune.dtype == np.float64
    np.testing.assert_array_equal(targets.train, DEVELOPMENT.train.default)
    np.testing.assert_array_equal(targets.tune, DEVELOPMENT.tune.default)


@pytest.mark.parametrize(("kind", "can"), [("lgbm", True), ("xgb", True), ("scorecard", False), ("blend", False)])
def test_who_can_teach_is_known_by_what_it_can_do(kind, can, fitted):
    assert isinstance(fitted(kind), CanTeach) == can


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
@pytest.mark.parametrize("leaves", [5, 24, 60])
def test_a_student_has_at_most_so_many_leaves_and_says_what_it_was_taught(kind, leaves, fitted, development, fresh):
    teacher = fitted(kind)
    pds = Targets(teacher.score(development.train), teacher.score(development.tune))
    student = teacher.student(development, pds, leaves, sizes=(4, 8))
    assert 1 < student.ensemble.n_leaves <= leaves
    assert np.corrcoef(student.raw_margin(fresh.matrix), teacher.raw_margin(fresh.matrix))[0, 1] > 0.6
