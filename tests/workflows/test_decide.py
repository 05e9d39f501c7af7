"""What a bundle's folder or an address names decides one application."""

import pytest
from batch.books import applications, packed

import riskmodel
from riskmodel import bundle
from riskmodel.errors import RiskModelError


def test_a_saved_model_is_loaded_and_decides(fitted, tmp_path):
    saved = packed(fitted("lgbm"))
    bundle.save(saved, tmp_path / "small")
    answer = riskmodel.load(tmp_path / "small").decide(applications(1, 3).to_pylist()[0])
    assert answer.decision in {"approve", "refer", "decline"}
    assert answer.model_sha256 == saved.scorer_sha256


def test_a_model_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(RiskModelError, match="must be a bundle's folder"):
        riskmodel.load(tmp_path / "nowhere")
