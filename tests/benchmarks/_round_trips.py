"""Random models of the libraries that are read in memory: made, read, and put together again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from riskmodel.scorers import ModelParts, taken_apart
from riskmodel.scorers.foreign.sklearn_forests import Forest
from riskmodel.trees import Tree, TreeEnsemble
from riskmodel.workflows.prune import write
from riskmodel.workflows.prune.in_memory import read_with

LEVELS = ("boat", "car", "debt", "home", "7", "other")
QUIET = {"verbose": 0, "thread_count": 1, "allow_writing_files": False}
Draw = np.random.Generator


@dataclass(frozen=True)
class Trip:
    """How far PDs are from the library's: as read, put together again, and of a cut; or refused in these words."""

    read: float = 0.0
    back: float = 0.0
    cut: float = 0.0
    refusal: str = ""


def trip(kind: str, seed: int) -> Trip:
    """One random model there and back, whole and with half of its trees and some of its splits."""
    draw = np.random.default_rng(seed)
    model, asked = KINDS[kind](draw)
    theirs = _own(model, asked)
    try:
        parts = taken_apart(model)
        return (_forest_trip if isinstance(parts.forest, Forest) else _booster_trip)(model, parts, asked, theirs, draw)
    except RiskModelError as error:
        return Trip(refusal=str(error))


def _own(model: Any, asked: pd.DataFrame) -> np.ndarray:
    return np.asarray(model.predict_proba(asked), np.float64)[:, 1]


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).max())


def _booster_trip(model: Any, parts: ModelParts, asked: pd.DataFrame, theirs: np.ndarray, draw: Draw) -> Trip:
    scorer, matrix = read_with(model, asked)
    again = parts.rebuilt(write.model(scorer.with_ensemble(scorer.ensemble)))
    cut = scorer.with_ensemble(_cut(scorer.ensemble, draw))
    small = parts.rebuilt(write.model(cut))
    return Trip(
        _apart(scorer.pd(matrix), theirs),
        _apart(_own(again, asked), theirs),
        _apart(cut.pd(matrix), _own(small, asked)),
    )


def _forest_trip(_model: Any, parts: ModelParts, asked: pd.DataFrame, theirs: np.ndarray, draw: Draw) -> Trip:
    forest, matrix = parts.forest, asked.to_numpy(np.float64)
    shares = forest.upper_parts(forest.n_trees, 1 << 40)
    cut = _cut(shares, draw)
    ours = cut.margins(matrix) / len(cut.trees)
    return Trip(
        _apart(shares.margins(matrix) / len(shares.trees), theirs),
        _apart(_own(forest.rebuilt(shares.trees), asked), theirs),
        _apart(ours, _own(forest.rebuilt(cut.trees), asked)),
    )


def _cut(ensemble: TreeEnsemble, draw: Draw) -> TreeEnsemble:
    """Half of the trees, at least one, and these without every second split above two leaves."""
    kept = draw.permutation(len(ensemble.trees))[: max(1, len(ensemble.trees) // 2)]
    return replace(ensemble, trees=tuple(_shorter(ensemble.trees[i], draw) for i in sorted(kept)))


def _shorter(tree: Tree, draw: Draw) -> Tree:
    leaves = {int(node): float(tree.value[node]) for node in np.flatnonzero(tree.is_leaf)}
    for node in np.flatnonzero(~tree.is_leaf):
        pair = int(tree.left[node]), int(tree.right[node])
        if all(child in leaves for child in pair) and draw.random() < 0.5:
            leaves[int(node)] = sum(leaves.pop(child) for child in pair) / 2
    return tree.with_leaves(leaves)


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


def _catboost_categories(draw: Draw, *, one_hot: int = 20) -> tuple[Any, pd.DataFrame]:
    """Texts and whole numbers; a level that nothing was fitted on, and missing ones by a text, as CatBoost wants it."""
    fits, asks = _sizes(draw)
    table, outcome = _rows(draw, fits, missing=True)
    table, asked = (
        _with_levels(draw, rows, absent=absent)
        .fillna({"purpose": "none", "region": "none"})
        .assign(branch=draw.integers(0, branches, len(rows)))
        for rows, absent, branches in ((table, None, 8), (_rows(draw, asks, missing=True)[0], LEVELS[-1], 11))
    )
    outcome = np.where((table["purpose"] == "car") | (table["branch"] == 3), draw.integers(0, 2, fits), outcome)
    model = _catboost(draw, cat_features=["purpose", "region", "branch"], one_hot_max_size=one_hot)
    return model.fit(table, outcome), asked


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
    "CatBoost, one-hot": _catboost_categories,
    "CatBoost, statistics": lambda draw: _catboost_categories(draw, one_hot=2),
    "CatBoost, text": _catboost_text,
    "RandomForestClassifier": _forest(RandomForestClassifier),
    "ExtraTreesClassifier": _forest(ExtraTreesClassifier),
    "GradientBoostingClassifier": _gradient_boosting,
    "HistGradientBoostingClassifier": _hist,
    "EBM with pairs and levels": _ebm,
}
