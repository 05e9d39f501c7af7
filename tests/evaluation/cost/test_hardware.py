"""The machine's own words."""

from __future__ import annotations

import platform

import numpy as np

from riskmodel.core import canonical
from riskmodel.evaluation import machine


def test_the_fingerprint_can_be_written_and_does_not_change():
    assert canonical(machine()) == canonical(machine())


def test_the_fingerprint_names_processor_python_and_libraries():
    result = machine()
    assert result["processor"]
    assert 1 <= result["usable_cores"] <= result["cores"]
    assert result["threads"] == 1
    assert result["python"] == platform.python_version()
    assert result["libraries"]["numpy"] == np.__version__
    assert {"lightgbm", "xgboost"} <= result["libraries"].keys()
