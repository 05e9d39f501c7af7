"""Samples that are judged here: outcomes drawn from a known PD, with no features at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from riskmodel.core import Sample, Vector
from riskmodel.evaluation.thresholds import Thresholds, standard

Drawn = tuple[Sample, Vector]


def outcomes_only(default: np.ndarray, name: str = "selection") -> Sample:
    rows = len(default)
    return Sample(name, (), np.empty((rows, 0)), np.asarray(default, dtype=np.int8), np.arange(rows))


@pytest.fixture
def limits() -> Thresholds:
    return standard()


@pytest.fixture
def independent(limits) -> Thresholds:
    """The same, for outcomes that do not go together."""
    return replace(limits, settings={**limits.settings, "asset_correlation": 0.0})


@pytest.fixture
def as_sample() -> Callable[..., Sample]:
    return outcomes_only


@pytest.fixture
def draw() -> Callable[..., Drawn]:
    """A sample of so many rows and the PDs that it was drawn from; with `ties`, PDs come in steps."""

    def drawn(rows: int, seed: int = 0, ties: bool = False) -> Drawn:
        rng = np.random.default_rng(seed)
        margin = rng.normal(-1.3, 1.1, rows)
        pd = expit(np.round(margin) if ties else margin)
        return outcomes_only(rng.random(rows) < pd), pd

    return drawn
