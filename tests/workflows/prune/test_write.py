"""The name of the output decides its format, as it does for the library that will open it."""

from pathlib import Path

import pytest
import xgboost

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.xgb import ubjson
from riskmodel.workflows.prune import write

JSON, UBJSON, TEXT = b'{"learner": {}}', ubjson.dumps({"learner": {}}), b"tree\nversion=v4\n"


@pytest.mark.parametrize(
    ("name", "given", "binary"),
    [
        ("small.ubj", JSON, True),
        ("small.json", UBJSON, False),
        ("small.model", UBJSON, True),
        ("small", JSON, False),
        ("small.txt", TEXT, False),
    ],
)
def test_the_name_decides_and_else_the_format_that_was_given(name, given, binary):
    assert write.is_binary(Path(name), given) is binary


@pytest.mark.parametrize("name", ["small.ubj", "small.JSON"])
def test_a_lightgbm_text_under_a_name_of_xgboosts_is_refused(name):
    with pytest.raises(RiskModelError, match="must not end in"):
        write.is_binary(Path(name), TEXT)


@pytest.mark.parametrize("name", ["small.ubj", "small.json"])
def test_xgboost_opens_what_is_written_under_its_name(fitted, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(write.model(fitted("xgb"), write.is_binary(path, JSON)))
    assert xgboost.Booster(model_file=path).num_boosted_rounds() > 0


def test_a_scorer_without_a_native_file_is_refused(fitted):
    with pytest.raises(UnsupportedScorer, match="a scorecard scorer has no native file"):
        write.model(fitted("scorecard"))
