"""Margins, cutoff and grades come from whom the report says, in one order."""

import json

import numpy as np
import pytest
from planted import FEATURES, GivenScorer

from riskmodel import bundle
from riskmodel.config import Margins
from riskmodel.core import Calibration, Policy
from riskmodel.errors import ConfigError
from riskmodel.review.evidence.subject import CutoffSource, MarginSource
from riskmodel.workflows.review.model import ReviewedModel
from riskmodel.workflows.review.terms import rules

SCORED = np.linspace(0.01, 0.99, 99)


def model(cutoff=None, margins=None):
    scorer = GivenScorer(FEATURES, Calibration())
    if cutoff is None:
        return ReviewedModel("foreign", scorer)
    policy = Policy(cutoff, cutoff, (0.1, 0.2))
    lineage = {"margins": margins.model_dump(mode="json")} if margins else {}
    return ReviewedModel("ours", scorer, policy, bundle=bundle.Bundle({"lineage": json.loads(json.dumps(lineage))}, {}))


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("cutoff = 0.25\ngrade_edges = [0.3, 0.6]\n[margins]\nauc = 0.002\n")
    return path


def test_a_policy_file_rules_and_says_that_nothing_shows_when_it_was_written(written):
    result = rules(model(0.4, Margins(auc=0.01)), model(0.4), SCORED, written, None)
    assert (result.margins.auc, result.cutoff, result.grade_edges) == (0.002, 0.25, (0.3, 0.6))
    assert (result.terms.margins, result.terms.cutoff) == (MarginSource.REVIEWER, CutoffSource.GIVEN)
    assert not result.terms.margins.fixed_before


def test_the_champion_s_bundle_rules_where_nobody_else_does():
    result = rules(model(0.4, Margins(auc=0.01)), model(0.3), SCORED, None, None)
    assert (result.margins.auc, result.cutoff, result.grade_edges) == (0.01, 0.4, (0.1, 0.2))
    assert result.terms.margins is MarginSource.BUNDLE
    assert result.terms.margins.fixed_before
    assert result.terms.challenger_cutoff == 0.3


def test_an_option_rules_over_the_file(written):
    assert rules(model(0.4), model(), SCORED, written, 0.6).cutoff == 0.6


def test_without_any_policy_it_is_convention_and_said_to_be_the_rows_own():
    result = rules(model(), model(), SCORED, None, None)
    assert result.cutoff == pytest.approx(np.quantile(SCORED, 0.8))
    assert len(result.grade_edges) == 9
    assert (result.terms.cutoff, result.terms.margins) == (CutoffSource.SAMPLE, MarginSource.CONVENTION)
    assert not result.terms.margins.fixed_before


@pytest.mark.parametrize(
    ("text", "said"),
    [("cutof = 0.2", "cutof: unknown key; allowed are cutoff, grade_edges, margins"),
     ("[margins]\nauc = 2.0", "margins.auc: .* less than 1"),
     ("cutoff = ", "not a TOML file")],
)  # fmt: skip
def test_a_policy_that_is_none_is_refused_by_its_path(tmp_path, text, said):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        rules(model(), model(), SCORED, path, None)


def test_a_policy_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        rules(model(), model(), SCORED, tmp_path / "none.toml", None)
