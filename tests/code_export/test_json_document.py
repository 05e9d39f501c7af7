"""The document, followed by a reader of a dozen lines, has the PDs of the model."""

import json

import numpy as np
import pytest
from code_export.cases import saved

from riskmodel.core import Calibration
from riskmodel.workflows.code_export import export_code, exporting


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 3_000)


def follow(rule, row):
    """The documentation of rules in a dozen lines, for a reader that shares nothing with ours."""
    if not isinstance(rule, dict):
        return rule
    value = row[rule["feature"]]
    holds = {
        "above": lambda edge: value > edge,
        "at_most": lambda edge: value <= edge,
        "in": lambda codes: value in codes,
        "zero": lambda _: abs(value) <= 1.0000000180025095e-35,
        "missing": lambda _: np.isnan(value),
    }
    [kind] = holds.keys() & rule.keys()
    return follow(rule["yes" if holds[kind](rule[kind]) else "no"], row)


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "blend"])
def test_a_json_document_has_the_pds_to_the_last_digits(kind, fitted, tmp_path):
    scorer = fitted(kind).recalibrated(Calibration(0.3, 0.9))
    export_code(saved(scorer, tmp_path / "bundle"), tmp_path / "m.json", "json")
    document = json.loads((tmp_path / "m.json").read_bytes())
    matrix, margin = scorer.probes(300), document["margin"]
    raw = [margin["intercept"] + sum(follow(rule, row) for rule in margin["rules"]) for row in matrix]
    line = document["calibration"]
    assert line == {"intercept": 0.3, "slope": 0.9}
    pd_of = 1 / (1 + np.exp(-(line["intercept"] + line["slope"] * np.array(raw))))
    np.testing.assert_allclose(pd_of, scorer.pd(matrix), rtol=0, atol=1e-12)
    assert document["policy"] == {"cutoff": 0.3, "refer_from": 0.25, "grade_edges": [0.05, 0.1, 0.2]}
