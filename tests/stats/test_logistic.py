"""The most likely line against statsmodels, for outcomes and for probabilities, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit

from riskmodel.core import Calibration
from riskmodel.stats.clusters import standard_error
from riskmodel.stats.logistic import influence, inverse_information, level, most_likely_line, rising_line


def drawn(rows: int = 803, seed: int = 0, slope: float = 0.7):
    rng = np.random.default_rng(seed)
    margin = rng.normal(-1, 1.2, rows)
    return margin, (rng.random(rows) < expit(0.3 + slope * margin)).astype(np.int8)


def test_the_line_of_outcomes_and_of_probabilities_is_that_of_statsmodels():
    margin, outcome = drawn()
    for target in (outcome, expit(0.2 + 0.5 * margin + 0.3 * np.sin(margin))):
        fitted = sm.GLM(target, sm.add_constant(margin), family=sm.families.Binomial()).fit(tol=1e-14)
        line = most_likely_line(margin, target)
        assert (line.intercept, line.slope) == pytest.approx(fitted.params, rel=1e-6)


def test_errors_are_those_of_statsmodels_with_and_without_clusters():
    margin, outcome = drawn(600)
    groups = np.random.default_rng(1).integers(0, 60, 600)
    model = sm.GLM(outcome, sm.add_constant(margin), family=sm.families.Binomial())
    line = most_likely_line(margin, outcome)
    np.testing.assert_allclose(inverse_information(line, margin), model.fit(tol=1e-14).cov_params(), rtol=1e-5)
    robust = model.fit(tol=1e-14, cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}).bse
    ours = [standard_error(part, groups) for part in influence(line, margin, outcome).T]
    count = len(np.unique(groups))
    np.testing.assert_allclose(ours, robust * np.sqrt(count / (count - 1)), rtol=1e-5)


@pytest.mark.parametrize(
    ("margin", "outcome"),
    [([0.2] * 5, [0, 1, 0, 1, 1]), ([1, 2, 3, 4, 5], [0, 0, 0, 1, 1]), ([1, 2, 3, 3, 5], [1, 1, 1, 0, 0])],
)
def test_where_the_likelihood_has_no_maximum_there_is_no_line(margin, outcome):
    assert most_likely_line(np.array(margin, float), np.array(outcome)) is None


def test_the_level_gives_the_mean_and_a_falling_line_is_not_taken():
    margin, outcome = drawn()
    assert expit(margin + level(margin, 0.123)).mean() == pytest.approx(0.123)
    line = rising_line(-margin, outcome)
    assert line == Calibration(level(-margin, outcome.mean()))
