"""Random models of the libraries that are read in memory: made, read, and put together again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from interpret.glassbox import ExplainableBoostingClassifier
from scipy.special import expit
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from riskmodel.errors import RiskModelError
from riskmodel.scorers import taken_apart
from riskmodel.scorers.foreign.sklearn_forests import Forest
from riskmodel.scorers.lgbm import reader

LEVELS = ("boat", "car", "debt", "home", "7", "other")
QUIET = {"verbose": 0, "thread_count": 1, "allow_writing_files": False}
Draw = np.random.Generator


@dataclass(frozen=True)
class Trip:
    """How far the PDs that are read, and those of the model put together again, are from the library's; or refused."""

    read: float = 0.0
    back: float = 0.0
    refusal: str = ""


def trip(kind: str, seed: int) -> Trip:
    """One random model there and back."""
    draw = np.random.default_rng(seed)
    model, asked = KINDS[kind](draw)
    theirs = _own(model, asked)
    try:
        ours, again = _read(model, asked)
    except RiskModelError as error:
        return Trip(refusal=str(error))
    return Trip(float(np.abs(ours - theirs).max()), float(np.abs(_own(again, asked) - theirs).max()))


def _own(model: Any, asked: pd.DataFrame) -> np.ndarray:
    return np.asarray(model.predict_proba(asked), np.float64)[:, 1]


def _read(model: Any, asked: pd.DataFrame) -> tuple[np.ndarray, Any]:
    parts = taken_apart(model)
    if isinstance(parts.forest, Forest):
        shares = parts.forest.upper_parts(parts.forest.n_trees, 1 << 40)
        matrix = asked.to_numpy(np.float64)
        return shares.margins(matrix) / len(shares.trees), parts.forest.rebuilt(shares.trees)
    ensemble, frame = reader.read(parts.content.decode())
    return expit(ensemble.margins(_matrix(asked, frame.pandas_categorical or []))), parts.rebuilt(parts.content)


def _matrix(asked: pd.DataFrame, levels: list[list[str]]) -> np.ndarray:
    """Categories as the places of their levels, in the order of the columns that have any."""
    texts = [name for name in asked.columns if not pd.api.types.is_numeric_dtype(asked[name])]
    of = dict(zip(texts, levels, strict=True))
    return np.column_stack(
        [_codes(asked[name], of[name]) if name in of else asked[name].to_numpy(np.float64) for name in asked.columns]
    )


def _codes(column: pd.Series, levels: list[str]) -> np.ndarray:
    return np.array([levels.index(value) if value in levels else np.nan for value in column], np.float64)


def _rows(draw: Draw, count: int, *, missing: bool) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers of several shapes; the outcome depends on three of them."""
    table = pd.DataFrame(
        {
            "income": draw.lognormal(3, 1, count),
            "ratio": draw.normal(size=count),
            "months": draw.integers(0, 60, count).astype(float),
            "flag": draw.integers(0, 2, count).astype(float),
        }
    )
    margin = -0.5 - 0.4 * np.log(table["income"] / 20) + table["ratio"] * table["flag"] - 0.02 * table["months"]
    outcome = (draw.random(count) < expit(margin.to_numpy())).astype(int)
    if missing:
        table = table.mask(draw.random(table.shape) < 0.1)
    return table, outcome


def _with_levels(draw: Draw, table: pd.DataFrame, *, absent: str | None) -> pd.DataFrame:
    """With two categories; the last level is in no row that anything is fitted on."""
    last = len(LEVELS) - 1
    levels = np.array([*LEVELS[:last], *([absent] if absent else [])], object)
    drawn = {name: levels[draw.integers(0, len(levels), len(table))] for name in ("purpose", "region")}
    for values in drawn.values():
        values[draw.random(len(table)) < 0.1] = None
    return table.assign(**{name: pd.Series(values, dtype=object) for name, values in drawn.items()})


def _sizes(draw: Draw) -> tuple[int, int]:
    return int(draw.integers(300, 901)), int(draw.integers(101, 400))


def _catboost(draw: Draw, **more: Any) -> CatBoostClassifier:
    grown = str(draw.choice(["SymmetricTree", "Depthwise", "Lossguide"]))
    return CatBoostClassifier(
        iterations=int(draw.integers(1, 40)),
        depth=int(draw.integers(1, 7)),
        learning_rate=float(draw.uniform(0.02, 0.5)),
        grow_policy=grown,
        random_seed=int(draw.integers(1 << 30)),
        **QUIET,
        **more,
    )


def _catboost_numbers(draw: Draw) -> tuple[Any, pd.DataFrame]:
    missing, (fits, asks) = bool(draw.integers(2)), _sizes(draw)
    model = _catboost(draw, nan_mode=str(draw.choice(["Min", "Max"])))
    return model.fit(*_rows(draw, fits, missing=missing)), _rows(draw, asks, missing=missing)[0]


def _catboost_categories(draw: Draw) -> tuple[Any, pd.DataFrame]:
    fits, asks = _sizes(draw)
    table, outcome = _rows(draw, fits, missing=True)
    table = _with_levels(draw, table, absent=None).fillna({"purpose": "none", "region": "none"})
    outcome = np.where(table["purpose"] == "car", draw.integers(0, 2, fits), outcome)
    model = _catboost(draw, cat_features=["purpose", "region"], one_hot_max_size=int(draw.choice([2, 10])))
    asked = _with_levels(draw, _rows(draw, asks, missing=True)[0], absent=LEVELS[-1])
    return model.fit(table, outcome), asked.fillna({"purpose": "none", "region": "none"})


def _catboost_text(draw: Draw) -> tuple[Any, pd.DataFrame]:
    fits, asks = _sizes(draw)
    table, outcome = _rows(draw, fits, missing=True)
    words = np.array(["pays late often", "always pays", "a new client", "owns a house"], object)
    model = _catboost(draw, text_features=["note"])
    model.set_params(grow_policy="SymmetricTree")
    table["note"] = words[np.where(outcome == 1, 0, draw.integers(0, 4, fits))]
    return model.fit(table, outcome), table.iloc[:asks]


def _sklearn(draw: Draw, kind: type, *, missing: bool, **settings: Any) -> tuple[Any, pd.DataFrame]:
    fits, asks = _sizes(draw)
    model = kind(random_state=int(draw.integers(1 << 30)), **settings)
    return model.fit(*_rows(draw, fits, missing=missing)), _rows(draw, asks, missing=missing)[0]


def _forest(kind: type) -> Callable[[Draw], tuple[Any, pd.DataFrame]]:
    def made(draw: Draw) -> tuple[Any, pd.DataFrame]:
        depth = draw.choice([2, 6, 0])
        size = {"n_estimators": int(draw.integers(1, 12)), "max_depth": int(depth) or None}
        return _sklearn(draw, kind, missing=bool(draw.integers(2)), **size)

    return made


def _gradient_boosting(draw: Draw) -> tuple[Any, pd.DataFrame]:
    size = {"n_estimators": int(draw.integers(1, 40)), "max_depth": int(draw.integers(1, 6))}
    return _sklearn(draw, GradientBoostingClassifier, missing=False, subsample=float(draw.uniform(0.5, 1)), **size)


def _hist(draw: Draw) -> tuple[Any, pd.DataFrame]:
    size = {"max_iter": int(draw.integers(1, 40)), "max_leaf_nodes": int(draw.integers(2, 32))}
    return _sklearn(draw, HistGradientBoostingClassifier, missing=bool(draw.integers(2)), early_stopping=False, **size)


def _ebm(draw: Draw) -> tuple[Any, pd.DataFrame]:
    fits, asks = _sizes(draw)
    table, outcome = _rows(draw, fits, missing=True)
    model = ExplainableBoostingClassifier(
        feature_types=["continuous"] * 4 + ["nominal"] * 2,
        interactions=int(draw.integers(1, 6)),
        max_bins=int(draw.integers(4, 40)),
        max_interaction_bins=int(draw.integers(3, 12)),
        max_rounds=int(draw.integers(5, 40)),
        max_leaves=int(draw.integers(2, 5)),
        outer_bags=int(draw.integers(1, 3)),
        learning_rate=0.1,
        n_jobs=1,
        random_state=int(draw.integers(1 << 30)),
    )
    asked = _with_levels(draw, _rows(draw, asks, missing=True)[0], absent=None)
    return model.fit(_with_levels(draw, table, absent=None), outcome), asked


KINDS: dict[str, Callable[[Draw], tuple[Any, pd.DataFrame]]] = {
    "CatBoost, numbers": _catboost_numbers,
    "CatBoost, categories": _catboost_categories,
    "CatBoost, text": _catboost_text,
    "RandomForestClassifier": _forest(RandomForestClassifier),
    "ExtraTreesClassifier": _forest(ExtraTreesClassifier),
    "GradientBoostingClassifier": _gradient_boosting,
    "HistGradientBoostingClassifier": _hist,
    "EBM with pairs and levels": _ebm,
}
