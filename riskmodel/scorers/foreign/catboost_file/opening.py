"""A file of CatBoost as a scorer, with CatBoost's own answer beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from riskmodel import limits
from riskmodel.core import Calibration
from riskmodel.errors import BundleError, cause
from riskmodel.scorers.foreign.catboost_file import CBM, cbm, document, levels, library
from riskmodel.scorers.foreign.catboost_file.model import CatboostModel
from riskmodel.scorers.foreign.catboost_file.scorer import CatboostFileScorer
from riskmodel.scorers.foreign.model import ForeignModel, ModelSettings
from riskmodel.scorers.lgbm import LgbmRecipe


def category_names(content: bytes) -> tuple[str, ...]:
    """The features that are categories. Raises: BundleError, UnsupportedScorer."""
    with damaged():
        whole = json.loads(in_json(content))
        names = document.names_of(whole)
        return tuple(names[one["flat_feature_index"]] for one in document.categories_of(whole))


def opened(content: bytes, settings: ModelSettings) -> ForeignModel:
    """A file as a scorer of its own features.

    The levels of a category are those of the settings, and those that the JSON keeps; a hash that none of them has
    stays as it is, and no row has it.

    Raises: BundleError for what is damaged, UnsupportedScorer for what trees cannot say or levels that nothing tells.
    """
    content = in_json(content)
    with damaged():
        whole = json.loads(content)
        document.check(whole)
        names = document.names_of(whole)
        known = levels.known(whole, names, settings.levels)
        ensemble, frame = document.read(whole, known)
        features = levels.columns(names, known, document.directions(whole, names), settings)
    limits.check("trees", len(ensemble.trees), "CatBoost's model", BundleError)
    native = CatboostModel(content, (ensemble, frame))
    return ForeignModel(
        CatboostFileScorer(features, Calibration(), native, LgbmRecipe(search=0), 0),
        {place: levels.texts(of) for place, of in known.items()},
        names != tuple(str(place) for place in range(len(names))),
        library.answer(content, names, tuple(known)),
        levels.notes(names, known),
    )


def in_json(content: bytes) -> bytes:
    """A file's bytes as CatBoost's JSON. Raises: BundleError, UnsupportedScorer."""
    return cbm.as_json(content) if content.startswith(CBM) else content


@contextmanager
def damaged() -> Iterator[None]:
    """Raises: BundleError where a document lacks what belongs there."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
        raise BundleError(f"CatBoost's JSON is damaged: {cause(error)}") from error
