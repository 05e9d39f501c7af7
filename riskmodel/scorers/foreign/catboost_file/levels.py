"""The levels of CatBoost's categories: its file keeps a hash of each that a split asks for, and seldom the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from riskmodel import limits
from riskmodel.core import Column, Kind
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign.catboost_file import document, library
from riskmodel.scorers.foreign.catboost_file.frame import HashedLevel, Json, Known
from riskmodel.scorers.foreign.columns import columns as numbers
from riskmodel.scorers.foreign.columns import refuse_unknown
from riskmodel.scorers.foreign.model import Levels, ModelSettings
from riskmodel.tables import spellings_of, value_of


def known(whole: Json, names: Sequence[str], given: Levels) -> Known:
    """Each category's levels by its place: those that are given, then those of the file, then hashes without a text.

    Raises: UnsupportedScorer for a category of which neither tells a level that splits ask for, and levels of a number.
    """
    refuse_unknown(given, names, "levels are")
    own = {one["value"]: library.signed(one["hash"]) for one in whole["features_info"].get("cat_features_hash", ())}
    places = {int(one["flat_feature_index"]): tuple(one.get("values") or ()) for one in document.categories_of(whole)}
    numeric = [name for place, name in enumerate(names) if name in given and place not in places]
    if numeric:
        raise UnsupportedScorer(f"levels are given for {numeric[0]!r}, which is a number in the model")
    listed = {place: list(map(_text, given[names[place]])) for place in places if names[place] in given}
    hashed = own | library.hashes(sorted(_candidates(listed.values()) - own.keys()))
    return {place: _levels(names[place], asked, listed.get(place), hashed) for place, asked in places.items()}


def _candidates(listed: Collection[Sequence[str]]) -> set[str]:
    """All that a level may be in CatBoost: its text, its value (true is 1), a usual spelling of missing."""
    usual = spellings_of(None) if listed else ()
    return {text for of in (usual, *listed) for level in of for text in (level, value_of(level)) if text}


def _levels(
    name: str, asked: Sequence[int], given: Sequence[str] | None, hashed: Mapping[str, int]
) -> tuple[HashedLevel, ...]:
    """Of one category: those that are given, in their order, and every other known text that a split asks for."""
    known_texts = sorted(text for text, number in hashed.items() if number in asked)
    known = dict.fromkeys([*(_spelt(text, given or (), known_texts) for text in given or () if text), *known_texts])
    limits.check("levels", len(known), f"column {name[:60]!r}", UnsupportedScorer)
    unread = sorted(set(asked) - {hashed[text] for text in known})
    if asked and given != [] and len(unread) == len(set(asked)):  # rows without a level have none to tell
        but = "" if given is None else f", of which {given[0]!r} is none"
        raise UnsupportedScorer(
            f"column {name!r} is split by category, and CatBoost's file keeps hashes alone: give the levels{but}"
        )
    return (*(HashedLevel(text, hashed[text]) for text in known), *(HashedLevel(None, number) for number in unread))


def _spelt(text: str, given: Sequence[str], asked: Sequence[str]) -> str:
    """A text that no split asks for is its value (true is 1, 3.0 is 3) where a split asks for that."""
    value = value_of(text)
    return value if text not in asked and value in asked and value not in given else text


def notes(names: Sequence[str], known_levels: Known) -> tuple[str, ...]:
    """A line for each category with hashes that no known text has."""
    lost = {names[place]: sum(level.text is None for level in levels) for place, levels in known_levels.items()}
    return tuple(
        f"{count} levels of column {name!r} are hashes without a text: no row has them"
        for name, count in lost.items()
        if count
    )


def _text(level: Any) -> str:
    """As CatBoost spells it: True is 1, and a whole number has no point."""
    is_whole = isinstance(level, bool) or (isinstance(level, float) and level.is_integer())
    return str(int(level)) if is_whole else str(level)


def texts(levels: Sequence[HashedLevel]) -> tuple[str, ...]:
    """Those that a row can have."""
    return tuple(level.text for level in levels if level.text is not None)


def columns(
    names: Sequence[str], known_levels: Known, monotone: Sequence[int], settings: ModelSettings
) -> tuple[Column, ...]:
    """One column a feature; a hash without a text has its number for one. Raises: UnsupportedScorer, as of others."""
    if ordered := [names[place] for place in known_levels if settings.monotone.get(names[place])]:
        raise UnsupportedScorer(f"a direction is given for {ordered[0]!r}, which is a category in the model")
    plain = numbers(names, {}, monotone, replace(settings, missing=None))  # which is XGBoost's
    return tuple(
        Column(column.name, kind=Kind.CATEGORICAL, categories=tuple(level.spelling for level in known_levels[place]))
        if place in known_levels
        else column
        for place, column in enumerate(plain)
    )
