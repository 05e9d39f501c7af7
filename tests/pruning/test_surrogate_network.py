import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation import auc


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "blend"])
def test_a_student_knows_most_of_what_its_teacher_knows(kind, fitted, development, fresh):
    teacher, pruner = fitted(kind), pruning.make("surrogate_network", {"widest": 16})
    student = pruner.apply(pruner.plan(teacher, development, 0.9), teacher, development)
    assert student.kind == "mlp"
    assert auc(fresh.default, student.score(fresh)).value > auc(fresh.default, teacher.score(fresh)).value - 0.03
    assert np.corrcoef(student.margin(fresh.matrix), teacher.margin(fresh.matrix))[0, 1] > 0.85


@pytest.mark.parametrize("keep", [0.9, 0.5, 0.3])
def test_it_has_at_most_its_share_of_the_connections(keep, fitted, development):
    teacher, pruner = fitted("lgbm"), pruning.make("surrogate_network", {"epochs": 1})
    student = pruner.apply(pruner.plan(teacher, development, keep), teacher, development)
    assert student.complexity().connections <= keep * teacher.complexity().connections


def test_the_outcomes_alone_teach_something_else(fitted, development, fresh):
    teacher = fitted("lgbm")
    apart = []
    for mix in (0.0, 1.0):
        pruner = pruning.make("surrogate_network", {"mix": mix})
        apart.append(
            np.abs(
                pruner.apply(pruner.plan(teacher, development, 0.9), teacher, development).score(fresh)
                - teacher.score(fresh)
            ).mean()
        )
    assert apart[1] < apart[0]


def test_a_size_without_a_neuron_is_refused(fitted, development):
    with pytest.raises(UnsupportedScorer, match=r"a student of 0 connections would have no neuron"):
        pruning.make("surrogate_network").plan(fitted("scorecard"), development, 0.01)


def test_its_curves_are_short_and_still_those_of_train(fitted, development):
    pruner = pruning.make("surrogate_network", {"epochs": 1})
    student, whole = (
        pruner.apply(pruner.plan(fitted("lgbm"), development, 0.9), fitted("lgbm"), development),
        fitted("mlp"),
    )
    assert student.encoding.sizes.max() == 24
    rows = development.tune.matrix
    long, short = whole.encoding(rows)[:, :4], student.encoding(rows)[:, :4]
    assert np.abs(long - short).max() < 0.5
    assert np.abs(long - short).mean() < 0.02
    ends = np.nanmin(development.train.matrix, axis=0), np.nanmax(development.train.matrix, axis=0)
    for end in ends:
        np.testing.assert_array_equal(whole.encoding(end[None])[:, :4], student.encoding(end[None])[:, :4])
