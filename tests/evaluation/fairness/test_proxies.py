"""Whether features stand in for a group."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats.contingency import association

from riskmodel.core import Column, Kind
from riskmodel.core.evidence import Mark
from riskmodel.errors import DataError
from riskmodel.evaluation.fairness.proxies import cramers_v, jointly, proxies

FEATURES = (Column("noise"), Column("height"), Column("town", kind=Kind.CATEGORICAL, categories=("x", "y", "z")))


@pytest.fixture
def people():
    rng = np.random.default_rng(0)
    group = rng.random(1500) < 0.4
    town = np.where(rng.random(1500) < 0.1, np.nan, rng.integers(0, 3, 1500))
    matrix = np.column_stack([rng.normal(size=1500), rng.normal(2.0 * group), town])
    return matrix, {"A": ~group, "B": group}


def test_v_is_scipys_and_lies_within_its_interval():
    rng = np.random.default_rng(1)
    one, two = rng.integers(0, 4, 500), rng.integers(0, 3, 500)
    result, _ = cramers_v(one, two)
    counts = np.histogram2d(one, two, [np.arange(5), np.arange(4)])[0].astype(int)
    assert result.value == pytest.approx(association(counts, method="cramer"))
    assert result.low == 0
    assert cramers_v(one, one)[0].value == pytest.approx(1)
    assert np.isnan(cramers_v(one, np.zeros(500, int))[0].value)


def test_the_proxy_is_found_and_the_others_are_not(people, limits):
    result = proxies(*people[:1], FEATURES, people[1], limits)
    assert (result.about, result.mark) == ("height", Mark.FAIL)
    assert [row[8] for row in result.tables[0].rows] == ["pass", "fail", "pass"]
    with pytest.raises(DataError, match="at least two"):
        proxies(people[0], FEATURES, {"A": np.ones(1500, bool)}, limits)


def test_together_the_features_tell_the_group_on_rows_not_fitted_on(people, limits):
    matrix, masks = people
    result = jointly(matrix, masks, limits)
    assert result.value == pytest.approx(0.92, abs=0.03)  # of two normals two deviations apart
    assert result.mark is Mark.FAIL
    result = jointly(matrix[:, :1], {**masks, "few": np.arange(1500) < 3}, limits)
    assert result.value == pytest.approx(0.5, abs=0.06)
    assert result.tables[0].rows[2][8] == "NOT EVALUATED"
