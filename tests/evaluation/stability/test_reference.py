"""What the bundle remembers of development: usual values, gaps, and how the PDs of unseen rows lay."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.core import Development
from riskmodel.evaluation.stability import reference


def test_usual_values_and_gaps_are_those_of_train_and_pds_those_of_tune(fitted, development):
    result = reference.of(fitted("lgbm"), development)
    train = development.train.matrix
    assert result.typical["income"] == pytest.approx(np.nanmedian(train[:, 0]))
    assert result.typical["purpose"] == np.bincount(train[:, 2].astype(int)).argmax()
    assert result.missing["income"] == pytest.approx(np.isnan(train[:, 0]).mean())
    pd = fitted("lgbm").score(development.tune)
    np.testing.assert_allclose(result.shares, np.histogram(pd, [0, *result.edges, 1])[0] / len(pd))
    assert max(result.shares) < 0.15


def test_what_is_mostly_missing_is_usually_missing(fitted, development):
    matrix = development.train.matrix.copy()
    matrix[: int(0.6 * len(matrix)), 1] = np.nan
    gappy = Development(replace(development.train, matrix=matrix), development.tune)
    assert reference.of(fitted("lgbm"), gappy).typical["utilisation"] is None
