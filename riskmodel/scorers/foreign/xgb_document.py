"""An XGBoost document that somebody else trained: its trees up to the best iteration, and its levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from riskmodel.core import Calibration, Column
from riskmodel.errors import UnsupportedScorer
from riskmodel.scorers.foreign import native_answer
from riskmodel.scorers.foreign.columns import (
    UNLISTED,
    by_place,
    columns,
    largest_codes,
    refuse_untold,
    texts,
)
from riskmodel.scorers.foreign.model import ForeignModel, ModelSettings
from riskmodel.scorers.xgb import XgbRecipe, XgbScorer, reader
from riskmodel.scorers.xgb.model import XgbModel
from riskmodel.scorers.xgb.reader import DocumentFrame
from riskmodel.trees import TreeEnsemble

CODES = 256  # how many codes a category has at least where the file names only some of them
LevelsByPlace = dict[int, Sequence[Any]]


def opened(content: bytes, settings: ModelSettings) -> ForeignModel:
    """Raises: BundleError, UnsupportedScorer."""
    whole, frame = reader.read(content)
    names = frame.names or tuple(f"f{i}" for i in range(whole.n_features))
    kept, levels = _levels(whole, frame, names, settings)
    _refuse_code_for_missing(whole, levels, names, settings)
    features = _with_codes(columns(names, levels, (), settings), levels, kept)
    scorer = XgbScorer(features, Calibration(), XgbModel.of_trees(whole, frame), XgbRecipe(search=0), 0)
    used = None if settings.all_trees else _used(frame, whole)
    notes = () if used is None else (_note(used, whole),)
    if used is not None:
        scorer = scorer.with_ensemble(replace(whole, trees=whole.trees[:used]))
    answer = native_answer.xgboost_document((content, scorer.model), used, settings.missing)
    return ForeignModel(scorer, {} if settings.as_codes else kept, bool(frame.names), answer, notes)


def _used(frame: DocumentFrame, ensemble: TreeEnsemble) -> int | None:
    """How many trees the scikit-learn wrapper uses; None where it is all."""
    best = frame.best_iteration
    return None if best is None or best + 1 >= len(ensemble.trees) else best + 1


def _note(used: int, ensemble: TreeEnsemble) -> str:
    return (
        f"{used} of {len(ensemble.trees)} trees are used, up to best_iteration, as by XGBoost's scikit-learn wrapper; "
        "all_trees uses all, as by Booster.predict"
    )


def _levels(
    ensemble: TreeEnsemble, frame: DocumentFrame, names: Sequence[str], settings: ModelSettings
) -> tuple[LevelsByPlace, LevelsByPlace]:
    """Those that the library keeps, and those of all categories; codes where it was trained on a matrix.

    A named model without levels was trained on a frame by XGBoost before 3.1, or was sliced, which loses them: its
    codes mean nothing without the frame, and a guess would be wrong in silence.
    """
    split = largest_codes(ensemble)
    kept: LevelsByPlace = {i: listed for i, listed in enumerate(frame.levels) if listed}
    given = {**_cut(frame, settings.categories, names), **by_place(settings.levels, names)}
    _refuse_other(frame, kept, given, names)
    untold = [i for i in split if i not in kept]
    if frame.names and not settings.as_codes:
        refuse_untold((names[i] for i in untold), {names[i]: levels for i, levels in given.items()})
    categories: LevelsByPlace = {i: () for i, kind in enumerate(frame.types) if kind == "c"}
    codes: LevelsByPlace = {i: range(max(split[i] + 1, CODES)) for i in untold}
    return kept, {**categories, **codes, **given, **kept}


def _refuse_code_for_missing(
    ensemble: TreeEnsemble, levels: LevelsByPlace, names: Sequence[str], settings: ModelSettings
) -> None:
    """Raises: UnsupportedScorer where the number for missing is the code of a level too: XGBoost looks for it there."""
    for place in largest_codes(ensemble):
        if settings.missing is not None and settings.missing in range(len(levels[place])):
            raise UnsupportedScorer(
                f"missing={settings.missing:g} is also the code of a level of column {names[place]!r}, which XGBoost "
                "then takes for missing: train with another number, or none"
            )


def _cut(frame: DocumentFrame, categories: Mapping[str, Sequence[Any] | None], names: Sequence[str]) -> LevelsByPlace:
    """The levels of a frame at hand, where the document has cut them and what is left of them is the same."""
    return {
        place: levels
        for place, name in enumerate(names)
        if (levels := categories.get(name)) is not None and frame.has_cut(place) and frame.may_have(place, levels)
    }


def _refuse_other(frame: DocumentFrame, kept: LevelsByPlace, given: LevelsByPlace, names: Sequence[str]) -> None:
    """Raises: UnsupportedScorer where the user names other levels than the document, or in another order."""
    for place, levels in given.items():
        agrees = texts("", kept[place]) == texts("", levels) if place in kept else frame.may_have(place, levels)
        if not agrees:
            raise UnsupportedScorer(f"the levels given for {names[place]!r} are not those that the file keeps")


def _with_codes(features: Sequence[Column], levels: LevelsByPlace, kept: LevelsByPlace) -> tuple[Column, ...]:
    """Where the levels are the codes themselves, any other code has a level of its own: XGBoost lists it nowhere.

    So has all that a category is, where no tree asks for it.
    """
    return tuple(
        replace(column, categories=(*column.categories, UNLISTED), other=True)
        if i in levels and i not in kept and list(levels[i]) == list(range(len(column.categories)))
        else column
        for i, column in enumerate(features)
    )
