"""A PD that falls with the outcome is refused, and one of another size is named."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from riskmodel.core import Calibration, Column, Sample
from riskmodel.errors import DataError
from riskmodel.scorers import recipe
from riskmodel.workflows.prune import direction
from riskmodel.workflows.prune.teacher_column import TeacherColumn


def sample(count, seed=0):
    draw = np.random.default_rng(seed)
    pd = expit(draw.normal(-1, 1, count))
    default = (draw.random(count) < pd).astype(np.int8)
    return Sample("train", (Column("pd"),), pd[:, None], default, np.arange(count))


def column():
    return TeacherColumn((Column("pd"),), Calibration(), recipe("lgbm", {"search": 0}), 0)


def test_a_pd_that_falls_with_the_outcome_is_refused():
    rows = sample(901)
    direction.check(column(), rows, "model.txt")
    turned = replace(rows, default=1 - rows.default)
    with pytest.raises(DataError, match=r"model\.txt: its PD must rise with the outcome, however: AUC 0\.2\d\d, at"):
        direction.check(column(), turned, "model.txt")


def test_what_few_rows_cannot_tell_is_let_through():
    default = np.array([1, 0, 0, 1, 0, 0, 0], np.int8)
    pd = np.array([0.1, 0.2, 0.3, 0.2, 0.5, 0.4, 0.1])
    direction.check(column(), Sample("train", (Column("pd"),), pd[:, None], default, np.arange(7)), "model.txt")


@pytest.mark.parametrize(("factor", "is_named"), [(1.0, False), (0.5, False), (0.01, True)])
def test_a_pd_in_another_unit_is_named(factor, is_named):
    rows = sample(901)
    line = direction.level(column(), replace(rows, matrix=factor * rows.matrix))
    assert (line is not None) == is_named
    if line is not None:
        assert f"the bad rate {rows.default.mean():.2g}" in line
