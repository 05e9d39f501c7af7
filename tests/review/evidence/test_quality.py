"""Data quality is counted, column by column."""

from dataclasses import replace

import numpy as np
import pytest

from riskmodel.core import Column, Kind, Reference
from riskmodel.review.evidence.quality import quality


@pytest.fixture
def evidence(subject):
    given = subject(rows=800, harm=False)
    matrix = given.champion.matrix.copy()
    matrix[:8, 1] = 1e6
    features = (Column("margin", low=-3.0, high=1.0), Column("income"), Column("months", kind=Kind.CATEGORICAL))
    scorer = replace(given.champion.scorer, features=features)
    side = replace(given.champion, scorer=scorer, matrix=matrix, reference=Reference(missing={"income": 0.25}))
    result = quality(replace(given, champion=side, period=np.repeat(["2024-03", "2024-01"], 400)))
    return matrix, result


def test_missing_values_stand_beside_those_of_development(evidence):
    matrix, result = evidence
    income = result["columns"][1]
    assert income["missing"] == pytest.approx(np.isnan(matrix[:, 1]).mean())
    assert income["missing_before"] == 0.25


def test_outliers_and_values_beyond_train_are_shares_of_what_is_present(evidence):
    matrix, result = evidence
    margin, income, months = result["columns"]
    present = matrix[:, 0]
    assert margin["beyond_train"] == pytest.approx(((present < -3) | (present > 1)).mean())
    assert income["outlying"] == pytest.approx(8 / np.isfinite(matrix[:, 1]).sum())
    assert (months["outlying"], months["beyond_train"], months["median"]) == (None, None, None)
    assert months["distinct"] == len(np.unique(matrix[:, 2]))


def test_the_time_that_rows_span_is_told_where_they_are_dated(evidence, subject):
    assert evidence[1]["periods"] == ["2024-01", "2024-03"]
    assert quality(subject(rows=300))["periods"] is None


def test_a_column_that_is_empty_or_constant_is_no_crash(subject):
    given = subject(rows=300)
    matrix = given.champion.matrix.copy()
    matrix[:, 0], matrix[:, 1] = np.nan, 7.0
    empty, constant, _ = quality(replace(given, champion=replace(given.champion, matrix=matrix)))["columns"]
    assert (empty["missing"], empty["median"], empty["outlying"]) == (1.0, None, None)
    assert (constant["outlying"], constant["distinct"]) == (None, 1)
