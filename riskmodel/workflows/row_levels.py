"""The levels of categories of which a model keeps hashes or texts alone, from the rows at hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from riskmodel import tables
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode
from riskmodel.errors import RiskModelError
from riskmodel.scorers import ForeignModel, Levels, ModelSettings, category_names, library_of
from riskmodel.workflows import library_parity

VALUES: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str], Any]], ...] = (
    (pa.types.is_boolean, lambda text: {"0": False, "1": True}[text]),
    (pa.types.is_integer, int),
    (pa.types.is_floating, float),
)


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


def as_in_rows(model: ForeignModel, told: Levels, rows: pa.Schema | None) -> dict[int, Sequence[Any]]:
    """The levels of each category as a frame of these rows has them, by place, in the order of their codes.

    A library that keeps texts says "2" for what a column of whole numbers has as 2. Of codes there are none.
    """
    kept = {place: levels for place in range(len(model.scorer.features)) if (levels := _levels(model, place, told))}
    names = {place: model.scorer.features[place].name for place in kept}
    types = {field.name: getattr(field.type, "value_type", field.type) for field in rows or ()}
    return {place: [_value(level, types.get(names[place])) for level in levels] for place, levels in kept.items()}


def _levels(model: ForeignModel, place: int, told: Levels) -> Sequence[Any]:
    """With the hashes that no text is known of, which come last."""
    column, kept = model.scorer.features[place], model.levels.get(place)
    return told.get(column.name, ()) if kept is None else [*kept, *column.categories[len(kept) :]]


def _value(level: Any, kind: pa.DataType | None) -> Any:
    """A text as a value of this type, where it is one; a hash without a text as its number."""
    value = next((value for is_one, value in VALUES if kind is not None and is_one(kind)), None)
    if value is None or not isinstance(level, str):
        return level
    try:
        return value(level.removeprefix("hash "))
    except (KeyError, ValueError):
        return level
