"""What the library itself does: it loads its files, answers for them, and hashes the levels of categories."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riskmodel.core import Matrix, Vector
from riskmodel.errors import BundleError, RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import CBM
from riskmodel.scorers.foreign.native_answer import Answer, quiet
from riskmodel.trees.compiled.split_edges import ZERO

NO_LEVEL = "riskmodel: no level"  # what CatBoost is handed where a category is missing, of which it takes none
ONE_LEVEL = {
    "features_info": {
        "categorical_features": [{"feature_id": "level", "feature_index": 0, "flat_feature_index": 0, "values": [0]}]
    },
    "model_info": {},
    "oblivious_trees": [
        {
            "leaf_values": [0.0, 1.0],
            "leaf_weights": [1, 1],
            "splits": [{"cat_feature_index": 0, "split_index": 0, "split_type": "OneHotFeature", "value": 0}],
        }
    ],
    "scale_and_bias": [1, [0.0]],
}


def catboost() -> Any:
    """The library. Raises: RiskModelError where it is not there."""
    try:
        import catboost as installed
    except ModuleNotFoundError as error:
        if error.name != "catboost":
            raise
        raise RiskModelError("a model of CatBoost needs it: pip install 'riskmodel[catboost]'") from error
    return installed


def loaded(content: bytes, kind: type | None = None) -> Any:
    """CatBoost's object from JSON, or from what it wrote itself. Raises: BundleError where it does not take it."""
    library = catboost()
    made = (kind or library.CatBoost)()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(content)
        try:
            made.load_model(str(path), format="cbm" if content.startswith(CBM) else "json")
        except library.CatBoostError as error:
            raise BundleError(f"CatBoost does not load it: {_first(error)}") from error
    return made


def as_json(model: Any, pool: Any = None) -> bytes:
    """Its JSON; with rows, the hashes of their levels in it. Raises: UnsupportedScorer for what JSON cannot say."""
    refuse_kinds(model)
    return _saved(model, "json", pool)


def as_cbm(model: Any) -> bytes:
    """Its own binary file."""
    return _saved(model, "cbm", None)


def _saved(model: Any, form: str, pool: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        try:
            model.save_model(str(path), format=form, pool=pool)
        except catboost().CatBoostError as error:
            raise UnsupportedScorer(f"CatBoost cannot write this model as {form}: {_first(error)}") from error
        return path.read_bytes()


def other_kind(name: str, kind: str) -> str:
    """The line that refuses a feature that is neither a number nor a category."""
    return f"CatBoost's features must be numbers or categories, however: {name!r} is {kind}; encode it"


def refuse_kinds(model: Any) -> None:
    """Raises: UnsupportedScorer for a feature of another kind, whether a split asks for it or not."""
    kinds = {"text": model.get_text_feature_indices(), "an embedding": model.get_embedding_feature_indices()}
    for kind, places in kinds.items():
        if len(places):
            raise UnsupportedScorer(other_kind(model.feature_names_[places[0]], kind))


def hashes(levels: Collection[str]) -> dict[str, int]:
    """How CatBoost hashes each level: 32 bits with a sign, as its splits have them."""
    if not levels:
        return {}
    rows = catboost().Pool(pd.DataFrame({"level": list(levels)}, dtype=object), cat_features=["level"])
    written = json.loads(_saved(loaded(json.dumps(ONE_LEVEL).encode()), "json", rows))
    return {one["value"]: signed(one["hash"]) for one in written["features_info"]["cat_features_hash"]}


def signed(number: int) -> int:
    """A whole number of 32 bits without a sign as one with a sign."""
    return number - (1 << 32) if number >= 1 << 31 else number


def answer(content: bytes | Any, names: Sequence[str], categories: Collection[int]) -> Answer:
    """Its own PDs, of a file's bytes or of an object; loaded when it is first asked, and once.

    Of rows with what LightGBM takes for 0 as 0, and of a category that is missing as a level that it does not know.
    """
    models: list[Any] = []

    def answered(rows: Any) -> Vector:
        if not models:
            models.append(loaded(content) if isinstance(content, bytes) else content)
        with quiet():
            return predicted(models[0], frame(rows, names, categories), "Probability")[:, 1]

    return answered


def predicted(model: Any, rows: pd.DataFrame, what: str) -> Any:
    """Its answer for a frame of rows. Raises: BundleError where it has none."""
    try:
        return np.asarray(model.predict(rows, prediction_type=what), np.float64)
    except catboost().CatBoostError as error:
        raise BundleError(f"CatBoost does not score by it: {_first(error)}") from error


def frame(rows: Any, names: Sequence[str], categories: Collection[int]) -> pd.DataFrame:
    """Rows as CatBoost takes them. Raises: RiskModelError for categories that come without their levels."""
    plain = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
    if categories and not isinstance(plain, pd.DataFrame):
        raise RiskModelError("categories must come by their levels, in a frame")
    table = pd.DataFrame(plain.todense() if hasattr(plain, "todense") else plain)
    return pd.DataFrame(
        {
            name: _levels(table.iloc[:, place]) if place in categories else _numbers(table.iloc[:, place])
            for place, name in enumerate(names)
        }
    )


def _numbers(column: Any) -> Vector:
    values: Matrix = np.array(column, np.float64)
    values[np.abs(values) <= ZERO] = 0.0
    return values


def _levels(column: pd.Series[Any]) -> pd.Series[Any]:
    cells = column.astype(object)
    return cells.where(cells.notna(), NO_LEVEL).reset_index(drop=True)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [repr(error)])[0][:200]
