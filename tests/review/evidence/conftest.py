"""Subjects of a dossier, made of given PDs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import planted

from riskmodel.evaluation.thresholds import Thresholds, standard
from riskmodel.review.evidence import Subject


@pytest.fixture(scope="session")
def subject() -> Callable[..., Subject]:
    return planted


@pytest.fixture
def limits() -> Thresholds:
    return standard()
