"""The rules of a margin add up to it, and those of the features to what each adds."""

import pytest
from code_export.cases import saved

from riskmodel.errors import UnsupportedScorer
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
