"""Models as callers have them become what the workflows open; what a file does not say goes along."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.api import objects
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign.model import AS_SAVED
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.workflows.prune.given_rows import GivenRows


def parts(content=b"tree", **changes):
    return ModelParts(content, lambda made: made, None, ("a", "b"), True, **changes)


@pytest.mark.parametrize("path", ["models:/loans@champion", "bundle", "given.txt"])
def test_a_path_stays_a_path(path, tmp_path):
    place, settings = objects.placed(path, tmp_path, "old")
    assert str(place).replace("models:/", "models:/") == str(place)
    assert place.name == path.rpartition("/")[2]
    assert settings is AS_SAVED
    assert not list(tmp_path.iterdir())


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(RiskModelError, match="the model must be a Booster or classifier"):
        objects.placed(3, tmp_path, "old")


@pytest.mark.parametrize(
    ("content", "library", "name"),
    [(b"tree\n", "lightgbm", "old.txt"), (b"{}", "xgboost", "old.json"), (b"{}", "catboost", "old.json")],
)
def test_a_model_in_memory_is_written_in_its_own_format(content, library, name, tmp_path):
    place = objects.file_of(parts(content, maker=library), tmp_path, "old")
    assert (place.name, place.read_bytes()) == (name, content)


def test_a_forest_has_no_file(tmp_path):
    with pytest.raises(UnsupportedScorer, match=r"a forest has no native file: .*riskmodel\.prune_pd"):
        objects.file_of(parts(forest=object()), tmp_path, "old")
    assert not list(tmp_path.iterdir())


def test_what_only_the_object_knows_is_in_the_settings():
    made = objects.settings_of(parts(missing=-999.0, all_trees=False, monotone={"a": 1, "b": -1}), monotone={"b": 1})
    assert (made.missing, made.all_trees, dict(made.monotone)) == (-999.0, False, {"a": 1, "b": 1})
    assert objects.settings_of(parts()).missing is None
    assert math.isnan(parts().missing)


ROWS = GivenRows(pa.table({"a": [1, 2, 3], "b": ["x", "y", None]}), lambda rows: rows)


def test_levels_that_are_given_and_categories_of_the_rows_are_kept_apart():
    made = objects.settings_of(parts(), ROWS, {"b": ["x", "y"]})
    assert made.levels == {"b": ["x", "y"]}
    assert set(made.categories) == {"b"}
    assert objects.settings_of(parts()).levels == {}


@pytest.mark.parametrize("outcome", [None, np.array([0, 1, 0], np.int8)])
def test_rows_are_written_with_their_outcome_where_there_is_one(outcome, tmp_path):
    table = pq.read_table(objects.labelled(ROWS, parts(), outcome, "bad", tmp_path))
    assert table.column_names == ["a", "b", *(["bad"] if outcome is not None else [])]
    assert table.num_rows == 3


def test_a_matrix_has_the_names_of_the_models_features(tmp_path):
    rows = GivenRows(np.array([[1.0, 2.0], [3.0, np.nan]]), lambda rows: rows)
    table = pq.read_table(objects.labelled(rows, parts(), None, "bad", tmp_path))
    assert table.column_names == ["a", "b"]
    assert table["a"].to_pylist() == [1.0, 3.0]


def test_an_outcome_that_is_also_a_feature_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"^'a' must not be a feature of the model, however: it is one$"):
        objects.labelled(ROWS, parts(), [0, 1, 0], "a", tmp_path)
