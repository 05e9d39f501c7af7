"""Files appear whole, or not at all."""

import json
import os

import pytest

from riskmodel.review import Review, review, save, to_csv, trade_off_rows


def test_it_writes_tables_pictures_and_report(settings, study, tmp_path):
    made = review(settings, study)
    written = {path.name: path for path in save(made, tmp_path / "reports" / "taiwan")}
    assert set(written) == {
        "trade_off.csv", "trade_off.html", "trade_off.svg", "review.json", "review.html",
        "shap_summary.json", "shap_summary.html",
    }  # fmt: skip
    assert written["trade_off.csv"].read_text() == to_csv(trade_off_rows(study))
    assert Review.from_json(written["review.json"].read_bytes()) == made
    assert json.loads(written["shap_summary.json"].read_text())["lgbm"][0] == ["PAY_0", 0.9]


def test_without_attributions_there_is_no_shap_summary(settings, another_study, tmp_path):
    names = [path.name for path in save(review(settings, another_study(attributions={})), tmp_path)]
    assert not [name for name in names if name.startswith("shap")]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(settings, study, tmp_path, monkeypatch):
    (tmp_path / "trade_off.csv").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        save(review(settings, study), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["trade_off.csv"]
    assert (tmp_path / "trade_off.csv").read_text() == "old"
