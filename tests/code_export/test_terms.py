"""The rules of a margin add up to it, and those of the features to what each adds."""

import numpy as np
import pytest
from code_export.cases import saved
from random_trees import random_ensemble, trying
from trees.test_conditions import answered

from riskmodel.code_export import terms
from riskmodel.core import Calibration
from riskmodel.errors import UnsupportedScorer
from riskmodel.trees import TreePart
from riskmodel.trees.conditions import size
from riskmodel.trees.shap.treeshap import TreeShap
from riskmodel.workflows.code_export import CodeOptions, export_code, exporting


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(exporting, "MADE_UP", 3_000)


def test_reasons_that_would_fill_a_book_are_refused_and_can_be_left_out(fitted, tmp_path, monkeypatch):
    monkeypatch.setattr("riskmodel.code_export.terms.MOST_CELLS", 50)
    folder = saved(fitted("lgbm"), tmp_path / "bundle")
    with pytest.raises(UnsupportedScorer, match="reasons may take 50 numbers at most"):
        export_code(folder, tmp_path / "m.sql", "sql")
    certificate = export_code(folder, tmp_path / "m.sql", "sql", CodeOptions(reasons=False))
    assert not certificate["reasons"]
    assert "reason_1" not in (tmp_path / "m.sql").read_text()


def coded(ensemble, count):
    """Rows whose categories are codes, or missing: what a writer's reader makes of levels."""
    rows = trying(ensemble, count)
    rows[:, 2] = np.random.default_rng(1).choice([np.nan, *range(45)], count)
    return rows


def followed(rules, rows):
    """What rules add up to, row by row and question by question."""
    return np.array([sum(answered(rule, row) for rule in rules) for row in rows])


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("features", [(0, 1, 2), (0, 2), (1,)])
def test_the_rules_of_a_margin_add_up_to_the_calibrated_margin(rules, features):
    calibration = Calibration(-0.3, 1.7)
    parts = (
        TreePart(random_ensemble(4, rules, features=features), 0.75),
        TreePart(random_ensemble(9, rules, features=features), 0.5),
    )
    rows = coded(parts[0].ensemble, 150)
    intercept, given = terms.of_margin(parts, calibration)
    raw = sum(part.weight * part.ensemble.margins(rows) for part in parts)
    np.testing.assert_allclose(intercept + followed(given, rows), -0.3 + 1.7 * raw, atol=1e-10)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
def test_the_rules_of_features_are_the_shap_values(rules):
    ensemble = random_ensemble(6, rules, features=(0, 2), missing=(2,))
    rows = coded(ensemble, 100)
    effects = terms.of_features((TreePart(ensemble, 0.5),), Calibration(0.2, 2.0))
    due = TreeShap(ensemble)(rows)
    for feature in range(3):
        added = followed(effects.get(feature, []), rows)
        np.testing.assert_allclose(added, due[:, feature], atol=1e-7)


def test_as_many_numbers_as_reasons_may_take_are_taken_and_one_more_is_not(monkeypatch):
    part = TreePart(random_ensemble(6, "lightgbm", features=(0,)))
    needed = sum(size(rule) for rules in terms.of_features((part,), Calibration()).values() for rule in rules)
    monkeypatch.setattr(terms, "MOST_CELLS", needed)
    terms.of_features((part,), Calibration())
    monkeypatch.setattr(terms, "MOST_CELLS", needed - 1)
    with pytest.raises(UnsupportedScorer, match=f"reasons may take {needed - 1} numbers at most"):
        terms.of_features((part,), Calibration())
