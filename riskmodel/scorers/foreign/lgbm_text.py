"""A LightGBM text that somebody else trained: its trees, and whose levels the lists of pandas categories are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from riskmodel.core import Calibration
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.foreign import native_answer, old_text
from riskmodel.scorers.foreign.columns import by_place, columns, largest_codes, refuse_untold, texts
from riskmodel.scorers.foreign.model import ForeignModel, ModelSettings
from riskmodel.scorers.lgbm import LgbmRecipe, LgbmScorer, reader
from riskmodel.scorers.lgbm.model import LgbmModel
from riskmodel.scorers.lgbm.reader import TextFrame
from riskmodel.trees import TreeEnsemble

LevelsByPlace = dict[int, Sequence[Any]]
_NUMBERS = re.compile(r"(?:(?:Tree|[a-z_]+)=[-+.0-9einfa ]*\n|\n)*+")
_ARRAY = re.compile(r"Column_\d+")


def opened(content: bytes, settings: ModelSettings) -> ForeignModel:
    """Raises: BundleError, UnsupportedScorer."""
    try:
        text, notes = old_text.todays(content.decode())
    except UnicodeDecodeError as error:
        raise BundleError(f"the LightGBM text is damaged: {error}") from error
    ensemble, frame = reader.read(text)
    levels = _levels(ensemble, frame, settings)
    features = columns(frame.names, levels, frame.monotone, replace(settings, missing=None))  # which is XGBoost's
    model = LgbmModel(text.encode(), (ensemble, frame)) if _is_plain(text) else LgbmModel.of_trees(ensemble, frame)
    return ForeignModel(
        LgbmScorer(features, Calibration(), model, LgbmRecipe(search=0), 0),
        levels if frame.pandas_categorical and not settings.as_codes else {},
        not all(_ARRAY.fullmatch(name) for name in frame.names),
        native_answer.lightgbm_text(model.content),
        notes,
    )


def _is_plain(text: str) -> bool:
    """Whether numbers stand as LightGBM writes them: what Python reads as one, and LightGBM not, is written anew."""
    sizes = re.search(r"\ntree_sizes=(.*)\n", text[: text.index("\nTree=0\n") + 1])
    if sizes and not re.fullmatch(r"[0-9]+( [0-9]+)*", sizes[1]):
        return False
    return _NUMBERS.fullmatch(text, text.index("\nTree=0\n") + 1, text.index("\nend of trees\n") + 1) is not None


def _levels(ensemble: TreeEnsemble, frame: TextFrame, settings: ModelSettings) -> LevelsByPlace:
    """The levels of each column that is categorical; pandas' lists stand in the order of their columns.

    An ordered category has a list too, but is split as the number of its code; the text does not say which one it is.
    """
    listed = {i: [int(code) for code in info.split(":")] for i, info in enumerate(frame.infos) if _is_listed(info)}
    split = largest_codes(ensemble)
    codes: LevelsByPlace = {i: range(max([split.get(i, 0), *listed.get(i, [])]) + 1) for i in {*split, *listed}}
    given = by_place(settings.levels, frame.names)
    lists = frame.pandas_categorical
    if not lists or settings.as_codes:
        return {**codes, **given}
    with_levels = [name for name, levels in settings.categories.items() if levels is not None]
    kept = _given(given, lists) or _of_rows(frame, with_levels) or _by_place(frame, codes)
    if kept := kept or _of_rows(frame, list(settings.categories)):
        _refuse_other(kept, given, frame.names)
        return {**kept, **given}
    refuse_untold((frame.names[place] for place in sorted(codes)), settings.levels)
    if len(given) < len(lists):
        raise UnsupportedScorer(
            f"the text keeps the levels of {len(lists)} pandas categories and does not tell whose they are: give the "
            "levels of each, ordered ones too, in code order"
        )
    return given


def _is_listed(info: str) -> bool:
    return re.fullmatch(r"-?\d{1,9}(:-?\d{1,9})*", info) is not None


def _given(given: LevelsByPlace, lists: Sequence[Sequence[Any]]) -> LevelsByPlace:
    """What the user says, where it is all lists of the text, in its order."""
    if len(given) != len(lists):
        return {}
    ours = [texts("", given[place]) for place in sorted(given)]
    return given if ours == [texts("", one) for one in lists] else {}


def _of_rows(frame: TextFrame, names: Sequence[str]) -> LevelsByPlace:
    """The lists for the categories of a frame, in the order of its columns: as LightGBM itself gives them out."""
    lists = frame.pandas_categorical
    places = [place for place, name in enumerate(frame.names) if name in names]
    return dict(zip(places, lists, strict=True)) if len(places) == len(lists) else {}


def _by_place(frame: TextFrame, codes: Mapping[int, Sequence[Any]]) -> LevelsByPlace:
    """The lists for the columns that were asked to be categories, or that are split so; empty if that cannot be."""
    asked = frame.parameters.get("categorical_feature", "")
    asked_for = [int(text) for text in asked.split(",")] if re.fullmatch(r"\d{1,9}(,\d{1,9})*", asked) else []
    lists = frame.pandas_categorical
    for places in (asked_for, sorted(codes)):
        kept: LevelsByPlace = dict(zip(places, lists, strict=False))
        fits = all(len(codes.get(place, ())) <= len(one) for place, one in kept.items())
        if len(kept) == len(lists) == len(places) and max(places) < len(frame.names) and fits:
            return kept
    return {}


def _refuse_other(kept: LevelsByPlace, given: LevelsByPlace, names: Sequence[str]) -> None:
    """Raises: UnsupportedScorer where the user names other levels than the file."""
    for place in kept.keys() & given.keys():
        if texts("", kept[place]) != texts("", given[place]):
            raise UnsupportedScorer(f"the levels given for {names[place]!r} are not those that the file keeps")
