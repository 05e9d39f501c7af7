"""The levels of categories of which a model's file keeps hashes alone, from the rows at hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from riskmodel import tables
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.scorers import ForeignModel, Levels, ModelSettings, category_names, library_of
from riskmodel.workflows import library_parity


def opened(model: Path, settings: ModelSettings, data: Path) -> tuple[ForeignModel, ModelSettings]:
    """A model file held against its library, and the settings with the levels of its categories, in code order.

    Where neither the file nor the settings tell the levels, they are those of the rows of `data`.
    Raises: RiskModelError for a file that cannot be read, or rows without such a column.
    """
    _refuse_xgboost_options(model, settings)
    names = category_names(model)
    if missing := [name for name in names if name not in settings.levels]:
        whole = tables.read(data, rules=tables.rules_of([Column(name, kind=Kind.CATEGORICAL) for name in missing]))
        settings = replace(settings, levels={**settings.levels, **levels_of(whole, missing)})
    read = library_parity.opened(model, settings)
    placed = {read.scorer.features[place].name: levels for place, levels in read.levels.items()}
    kept = {name: placed[name] for name in names}  # a smaller model may ask for fewer, which then keep their codes
    return read, replace(settings, levels={**settings.levels, **kept}) if kept else settings


def _refuse_xgboost_options(model: Path, settings: ModelSettings) -> None:
    """Other libraries say in their files what is missing, and have no best iteration."""
    given = {"missing": settings.missing is not None, "all_trees": settings.all_trees}
    names = " and ".join(name for name, is_given in given.items() if is_given)
    if names and (library := library_of(model)) != "xgb":
        raise RiskModelError(f"{model}: {names} must be given for XGBoost alone, however: the model is of {library}")


def levels_of(rows: pa.Table, names: Collection[str]) -> Levels:
    """The texts of these columns, sorted. Raises: DataError for a column that has no text."""
    return {name: _texts(encode.column_of(rows, name), name) for name in rows.column_names if name in names}


def _texts(column: pa.Array, name: str) -> Sequence[str]:
    """As CatBoost spells them: a boolean is 0 or 1."""
    if pa.types.is_boolean(column.type):
        return ["0", "1"]
    texts, places = encode.distinct(column, name)
    return sorted(texts.take(places.unique().drop_null()).drop_null().to_pylist())
