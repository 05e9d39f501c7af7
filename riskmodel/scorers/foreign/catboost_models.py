"""CatBoost's models in memory: taken apart into its own JSON, and put together again around another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel.errors import RiskModelError
from riskmodel.scorers.foreign import catboost_file
from riskmodel.scorers.foreign.catboost_file import document, library, opening
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.trees import TreeEnsemble


def is_catboost(model: Any) -> bool:
    """Whether it is CatBoost's, without loading CatBoost for another class."""
    return type(model).__module__.partition(".")[0] == "catboost" and hasattr(model, "save_model")


def is_file(path: Path) -> bool:
    """Whether a file is CatBoost's, by its first bytes or its words."""
    return path.is_file() and catboost_file.is_catboost(path.read_bytes())


def loaded(path: Path) -> Any:
    """A file as CatBoost's classifier. Raises: BundleError, UnsupportedScorer."""
    content = opening.in_json(path.read_bytes())
    return library.loaded(content, library.catboost().CatBoostClassifier)


def taken_apart(model: Any) -> ModelParts:
    """The parts of a fitted CatBoost or CatBoostClassifier. Raises: UnsupportedScorer, RiskModelError if not fitted."""
    if not model.is_fitted():
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    content = library.as_json(model)
    whole = json.loads(content)
    document.check(whole)
    names = document.names_of(whole)
    own = [one["flat_feature_index"] for one in document.categories_of(whole)]
    classes = tuple(np.asarray(model.classes_).tolist()) if len(getattr(model, "classes_", ())) == 2 else (0, 1)
    return ModelParts(
        content,
        lambda made: library.loaded(made, type(model)),
        library.answer(model, names, own),
        names,
        names != tuple(str(place) for place in range(len(names))),
        (classes[0], classes[1]),
        maker="catboost",
        categories=tuple(names[place] for place in own),
    )


def ensemble_of(model: Any, n_features: int) -> TreeEnsemble:
    """The trees of a fitted model of numbers. Raises: UnsupportedScorer."""
    whole = json.loads(library.as_json(model))
    document.check(whole)
    ensemble, _ = document.read(whole, {})
    if ensemble.n_features != n_features:
        raise RiskModelError(f"the model must have {n_features} features, however: {ensemble.n_features}")
    return ensemble
