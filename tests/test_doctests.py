"""The examples that users read in docstrings give what they say."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "riskmodel.evaluation.metrics.calibration",
    "riskmodel.evaluation.metrics.discrimination",
    "riskmodel.evaluation.change.comparison",
    "riskmodel.stats.holm",
    "riskmodel.stats.psi",
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    tried = doctest.testmod(import_module(name))
    assert tried.attempted > 0
    assert tried.failed == 0
