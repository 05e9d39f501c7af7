"""LightGBM's and XGBoost's own classes, taken apart into a native file and put together again around another one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from riskmodel.errors import RiskModelError, UnsupportedScorer


@dataclass(frozen=True)
class Parts:
    """A model in memory; `rebuilt` makes the same class from the bytes of another native file."""

    content: bytes
    rebuilt: Callable[[bytes], Any]
    classes: tuple[Any, Any] = (0, 1)  # good, bad
    used: int | None = None  # trees that count, of a wrapper that stopped early; None is all
    missing: float = float("nan")


def taken_apart(model: Any) -> Parts:
    """The parts of a Booster or a scikit-learn wrapper of either library.

    Raises: UnsupportedScorer for another class, RiskModelError if it is not fitted or has not two classes.
    """
    import lightgbm
    import xgboost

    if isinstance(model, lightgbm.Booster):
        return Parts(model.model_to_string().encode(), lambda made: lightgbm.Booster(model_str=made.decode()))
    if isinstance(model, xgboost.Booster):
        return Parts(bytes(model.save_raw("json")), lambda made: xgboost.Booster(model_file=bytearray(made)))
    if not isinstance(model, (lightgbm.LGBMModel, xgboost.XGBModel)):
        raise UnsupportedScorer(
            f"the model must be a Booster or classifier of LightGBM or XGBoost, however: {type(model).__name__}"
        )
    if not model.__sklearn_is_fitted__():
        raise RiskModelError(f"the model must be fitted, however: this {type(model).__name__} is not")
    return _lightgbm(model) if isinstance(model, lightgbm.LGBMModel) else _xgboost(model)


def _lightgbm(model: Any) -> Parts:
    """Its text ends at the best iteration; what it remembers of that goes, since it would cut the new one short."""
    inner = taken_apart(model.booster_)
    forget = {"_best_iteration": -1, "_best_score": {}, "_evals_result": {}}
    return replace(
        inner, rebuilt=lambda made: _dressed(model, inner.rebuilt(made), forget), classes=_two_classes(model)
    )


def _xgboost(model: Any) -> Parts:
    """Only the wrapper stops at the best iteration, and XGBoost's own slice may lose the levels of categories."""
    booster = model.get_booster()
    best = booster.attr("best_iteration")
    inner = taken_apart(booster)
    return replace(
        inner,
        rebuilt=lambda made: _dressed(model, inner.rebuilt(made), {}),
        classes=_two_classes(model),
        used=None if best is None else int(best) + 1,
        missing=float(model.missing),
    )


def _two_classes(model: Any) -> tuple[Any, Any]:
    classes = tuple(getattr(model, "classes_", (0, 1)))
    if len(classes) != 2:
        raise UnsupportedScorer(f"the model must have two classes, however: {len(classes)}")
    return classes[0], classes[1]


def _dressed(model: Any, booster: Any, forget: dict[str, Any]) -> Any:
    """A wrapper like the given one, around another booster."""
    wrapper = copy.copy(model)
    vars(wrapper).update(forget, _Booster=booster)
    return wrapper
