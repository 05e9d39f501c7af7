import numpy as np
import pytest
from leaky_loans import clean, with_leaks

from riskmodel.datasets.leakage import screening_view as module
from riskmodel.datasets.leakage.univariate import strongest


def test_a_draw_of_many_rows_is_told_and_finds_the_same(one, suspects, monkeypatch):
    columns = with_leaks(clean(3000, 1), 1)
    whole = {s.column for s in suspects(columns) if s.severity == "blocks"}
    monkeypatch.setattr(module, "MOST", 1200)
    feature, own = one(columns, "copy")
    assert own.basis.startswith("1,200 development rows drawn from 3,000, ")
    assert strongest(feature, own).auc == 1
    drawn = [s for s in suspects(columns) if s.severity == "blocks"]
    assert {s.column for s in drawn} <= whole
    assert all(
        "1,200 development rows drawn from 1,80" in s.evidence for s in drawn if s.screen == "copy of the target"
    )


def test_the_folds_have_the_same_share_of_bads(one):
    _, own = one(clean(1003, 2), "noise")
    bads = np.bincount(own.folds, weights=own.default)
    assert np.bincount(own.folds).max() - np.bincount(own.folds).min() <= 1
    assert bads.max() - bads.min() <= 1


@pytest.mark.parametrize("text", [False, True])
def test_levels_are_in_the_order_of_their_names_with_missing_last(one, text):
    values = ["b", None, "a", "c", "a", "b", ""] if text else [2, None, 1, 3, 1, 2, None]
    feature, _ = one({"x": values, "default": [0, 1, 0, 1, 0, 1, 0], "y": range(7)}, "x")
    assert feature.levels.tolist() == [1, 3, 0, 2, 0, 1, 3]


def test_codes_of_a_number_are_levels_of_their_own(one):
    values = [5.0, 98, None, 1, 99, 5, 2]
    feature, _ = one({"x": values, "default": [0, 1, 0, 1, 0, 1, 0]}, "x", codes={"x": [98, 99, 97]})
    missing = feature.levels[2]
    assert feature.levels.tolist()[1] == missing + 1
    assert feature.levels.tolist()[4] == missing + 2
    assert max(feature.levels[[0, 3, 5, 6]]) < missing


def test_a_point_mass_is_a_bin_of_its_own(one):
    draw = np.random.default_rng(3)
    values = np.where(draw.random(3000) < 0.9, 0.0, draw.lognormal(size=3000))
    feature, _ = one({"x": values, "default": draw.integers(0, 2, 3000)}, "x")
    assert set(values[feature.levels == 0]) == {0.0}
    assert len(set(feature.levels.tolist())) > 2
