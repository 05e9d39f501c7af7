"""LightGBM's and XGBoost's own classes, taken apart into a native file and put together again around another one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.scorers.foreign import (
    catboost_models,
    ebm_models,
    forest_objects,
    native_answer,
    sklearn_boosters,
    sklearn_forests,
)
from riskmodel.scorers.foreign.parts import ModelParts

UNSET = "()"
OTHERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], ModelParts]], ...] = (
    (sklearn_boosters.is_sklearn_booster, sklearn_boosters.taken_apart),
    (sklearn_forests.is_sklearn_forest, forest_objects.taken_apart),
    (catboost_models.is_catboost, catboost_models.taken_apart),
    (ebm_models.is_ebm, ebm_models.taken_apart),
)


def taken_apart(model: Any) -> ModelParts:
    """The parts of a Booster or a scikit-learn wrapper of either library, or of a classifier of trees of scikit-learn.

    Raises: UnsupportedScorer for another class, RiskModelError if it is not fitted or has not two classes.
    """
    if isinstance(model, str | PathLike) and catboost_models.is_file(Path(model)):
        model = catboost_models.loaded(Path(model))
    if isinstance(model, bytes | bytearray | str | PathLike):
        raise UnsupportedScorer(
            f"the model must be a fitted object, however: {type(model).__name__}; `riskmodel prune` takes files of "
            "LightGBM, XGBoost and CatBoost (which are taken here, too), and a pickle is never opened"
        )
    for is_one, apart in OTHERS:
        if is_one(model):
            return apart(model)
    import lightgbm
    import xgboost

    if isinstance(model, lightgbm.Booster):
        return _lightgbm_booster(model)
    if isinstance(model, xgboost.Booster):
        return _xgboost_booster(model)
    if not isinstance(model, (lightgbm.LGBMModel, xgboost.XGBModel)):
        raise UnsupportedScorer(
            "the model must be a Booster or classifier of LightGBM or XGBoost, CatBoost's, interpret's "
            "ExplainableBoostingClassifier, or scikit-learn's GradientBoosting, HistGradientBoosting, RandomForest or "
            f"ExtraTrees classifier, however: {type(model).__name__}"
        )
    if not model.__sklearn_is_fitted__():
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    return _lightgbm(model) if isinstance(model, lightgbm.LGBMModel) else _xgboost(model)


def _lightgbm_booster(booster: Any) -> ModelParts:
    import lightgbm

    names = tuple(booster.feature_name())
    return ModelParts(
        _text(booster),
        lambda made: lightgbm.Booster(model_str=made.decode()),
        native_answer.lightgbm_booster(booster),
        names,
        names != tuple(f"Column_{i}" for i in range(len(names))),
    )


def _text(booster: Any) -> bytes:
    """LightGBM's own text. Raises: UnsupportedScorer where it cannot write one, as of categories that are dates."""
    try:
        content: bytes = booster.model_to_string().encode()
    except (TypeError, ValueError) as error:
        raise UnsupportedScorer(
            f"LightGBM cannot write this model ({str(error)[:80]}): its categories must be texts, numbers or booleans"
        ) from error
    return content


def _xgboost_booster(booster: Any) -> ModelParts:
    import xgboost

    names = tuple(booster.feature_names or (f"f{i}" for i in range(booster.num_features())))
    return ModelParts(
        bytes(booster.save_raw("json")),
        lambda made: xgboost.Booster(model_file=bytearray(made)),
        native_answer.xgboost_booster(booster),
        names,
        booster.feature_names is not None,
        monotone=_configured(booster, names),
        maker="xgboost",
    )


def _configured(booster: Any, names: tuple[str, ...]) -> dict[str, int]:
    """The directions in a booster's configuration, which its model file does not have."""
    trained = json.loads(booster.save_config())["learner"]["gradient_booster"]
    parameters = trained.get("gbtree", trained).get("tree_train_param", {})
    signs = [int(sign) for sign in parameters.get("monotone_constraints", UNSET).strip("()").split(",") if sign.strip()]
    return {name: sign for name, sign in zip(names, signs, strict=False) if sign}


def _lightgbm(model: Any) -> ModelParts:
    """Its text ends at the best iteration; what it remembers of that goes, since it would cut the new one short."""
    inner = _lightgbm_booster(model.booster_)
    forget = {"_best_iteration": -1, "_best_score": {}, "_evals_result": {}}
    return replace(
        inner,
        rebuilt=lambda made: _dressed(model, inner.rebuilt(made), forget),
        answer=native_answer.wrapper(model),
        classes=_two_classes(model),
    )


def _xgboost(model: Any) -> ModelParts:
    """Only the wrapper stops at the best iteration, and XGBoost's own slice may lose the levels of categories."""
    inner = _xgboost_booster(model.get_booster())
    return replace(
        inner,
        rebuilt=lambda made: _dressed(model, inner.rebuilt(made), {}),
        answer=native_answer.wrapper(model),
        classes=_two_classes(model),
        all_trees=False,
        missing=_missing(model),
        monotone={**_asked(model, inner.names), **inner.monotone},
    )


def _missing(model: Any) -> float:
    if model.missing is None:
        raise UnsupportedScorer(
            "missing=None is no number, and XGBoost itself cannot predict with it: set_params(missing=float('nan'))"
        )
    return float(model.missing)


def _asked(model: Any, names: tuple[str, ...]) -> dict[str, int]:
    """The directions that a wrapper was asked for: by name, by place, or as XGBoost spells them in a text."""
    given = model.monotone_constraints
    if isinstance(given, Mapping):
        return {name: int(sign) for name, sign in given.items() if sign and name in names}
    if isinstance(given, str):
        given = [sign for sign in given.strip("()").split(",") if sign.strip()]
    return {} if given is None else {name: int(sign) for name, sign in zip(names, given, strict=False) if int(sign)}


def _two_classes(model: Any) -> tuple[Any, Any]:
    classes = tuple(np.asarray(getattr(model, "classes_", (0, 1))).tolist())
    if len(classes) != 2:
        raise UnsupportedScorer(f"the model must have two classes, however: {len(classes)}")
    return classes[0], classes[1]


def _dressed(model: Any, booster: Any, forget: dict[str, Any]) -> Any:
    """A wrapper like the given one, around another booster."""
    wrapper = copy.copy(model)
    vars(wrapper).update(forget, _Booster=booster)
    return wrapper
