"""Prunes a model that lives in memory, and gives back the same class; nothing is read, written or judged.

The model that comes back has PDs brought to the given one's, and its frame: feature names, levels of the categories,
label classes. The given model stays as it was.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.core import (
    Column,
    Development,
    Matrix,
    Outcome,
    Pruner,
    Sample,
    Scorer,
    Vector,
    check_by_column,
    check_levels,
    check_seed,
    check_share,
)
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.scorers import ForeignModel, Levels, ModelParts, ModelSettings, opened, taken_apart
from riskmodel.scorers.base.boosting import BoosterScorer
from riskmodel.scorers.foreign import other_library
from riskmodel.scorers.foreign.forest_scorer import ForestScorer
from riskmodel.stats import weighted
from riskmodel.stats.sample_size import FOR_LEAF
from riskmodel.workflows import library_parity, row_levels
from riskmodel.workflows.prune import alike, decision_rows, direction, monotone_proof, of_forest, write
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import size as prune_size
from riskmodel.workflows.prune.given_rows import GivenRows, given_rows
from riskmodel.workflows.prune.path import METHOD, tree_pruner, trees_of
from riskmodel.workflows.prune.size import SIZES, Size

TUNE = 0.25  # share of the rows that decides; the rest fits
UNKNOWN = 0.05  # share of rows with a level that the model does not know, above which they are refused


def prune_trees(
    model: Any,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike | None = None,
    *,
    keep: float | None = None,
    leaves: int | None = None,
    nodes: int | None = None,
    trees: int | None = None,
    bytes: int | None = None,  # noqa: A002 - as the command names it
    method: str | None = None,
    sample_weight: ArrayLike | None = None,
    unlabelled: Any = None,
    levels: Levels | None = None,
    monotone: Mapping[str, int] | None = None,
    unknown: float = UNKNOWN,
    seed: int = 0,
    as_: str | None = None,
    same_decisions: float | None = None,
    cutoff: float | None = None,
) -> Any:
    """A smaller model of the same class: of LightGBM, XGBoost or CatBoost, interpret's EBM, or scikit-learn's trees.

    Of scikit-learn's, GradientBoosting, HistGradientBoosting without categorical features, RandomForest and ExtraTrees
    classifiers. A forest comes back as one with fewer and smaller trees, or, by `as_`, as a booster that has learnt its
    PDs.

    Rows should be new to the model: on its own train rows every leaf looks useful. Before anything is cut, the PDs that
    we read off the model are held against its own on up to 2,000 rows.

    Parameters
    ----------
    model
        Fitted, or a file of CatBoost; it stays as it was.
    X
        N x features: pandas, polars or Arrow (columns by name), or an array or a sparse matrix (by place, categories as
        codes; what is not stored is 0 to LightGBM, missing to XGBoost).
    y
        N outcomes of two classes; the later one in sorted order is the bad. None with `same_decisions`, which takes
        none.
    keep, leaves, nodes, trees, bytes
        One of them sets the size: the share of leaves that stays, or the most leaves,
        nodes, trees or bytes of the library's own text or JSON.
    method
        A pruner of trees, by its name; None is "group_lasso", and "distil" where a booster learns from a forest.
    sample_weight
        N, 0 or more: for how many rows of the population each was drawn. Rows of weight 0 are left out.
    unlabelled
        Like `X`, applications without outcome, declined ones for example: from them the smaller model learns
        the given one's PD.
    levels
        Of categories that the model lost, by column, in the order of their codes.
    monotone
        1 or -1 by column, where the model does not say itself that more never lowers, or never raises, its PD.
    unknown
        The most rows, as a share, in which a column may have a level that the model does not know.
    seed
        Of the split into rows that fit and rows that decide.
    as_
        "lightgbm" or "xgboost": a Booster of that library instead, categories as its own, with the levels of `X`.
    same_decisions
        In place of a size: the smallest model that is shown, on rows that nothing was fitted or chosen on, to decide at
        least this share of applications as the given one does (Clopper and Pearson 1934); 1 is every possible one, by
        proof. See `riskmodel.prune` for the evidence.
    cutoff
        The PD to decline from; where the given model approves 80 % unless given.

    Returns
    -------
    A model of the given one's class, with its feature names, levels and label classes, or a Booster.

    Raises
    ------
    RiskModelError, in one line that says what is wrong.
    """
    size = Size(keep, leaves, nodes, trees, bytes)
    size.check()
    check_seed(seed)
    check_share("unknown", unknown)
    check_levels(levels)
    check_by_column("monotone", monotone)
    rule = alike.rule_of(same_decisions, cutoff, {"a size": size != Size() or None, "weights": sample_weight})
    if as_ is not None:
        other_library.check(as_)
    if method is not None:
        tree_pruner(method)
    parts = taken_apart(model)
    pruner = tree_pruner(method or (METHOD if parts.forest is None else of_forest.METHOD))
    applications = given_rows(X, parts)
    opened = _opened(parts, applications, ModelHints(levels or {}, monotone or {}))
    given = opened.scorer
    finish = partial(_returned, parts=parts, other=_other(as_, opened, applications, levels or {}, parts))
    if rule is not None:
        if isinstance(given, ForestScorer):
            raise UnsupportedScorer("same_decisions is of boosters alone, however: a forest is given")
        more = None if unlabelled is None else _read(given_rows(unlabelled, parts), opened, parts, unknown)
        split = decision_rows.dealt(_read(applications, opened, parts, unknown), None, more, given.features, seed)
        return finish(alike.in_memory(given, alike.pd_pruner(method or METHOD), split, rule))
    if y is None:
        raise DataError("y must be given, however: None, which same_decisions alone allows")
    rows = checked_rows(_read(applications, opened, parts, unknown), outcome_of(y, parts.classes), sample_weight)
    development = rows.development(given.features, np.random.default_rng(seed))
    direction.check(given, development.train, "the model")
    if unlabelled is not None:
        more = _read(given_rows(unlabelled, parts), opened, parts, unknown)
        development = replace(development, unlabelled=more)
    if isinstance(given, ForestScorer) and parts.forest is not None and as_ is None:
        return of_forest.smaller(parts.forest, given, development, size)
    keep = _share(size, parts, given, pruner, development, finish)
    (cut,) = prune_path.cuts(given, pruner, development, [keep])
    monotone_proof.prove(given, cut.scorer)
    return finish(cut.scorer)


def _returned(cut: Scorer, parts: ModelParts, other: Callable[[Scorer], Any] | None) -> Any:
    return parts.rebuilt(write.model(cut)) if other is None else other(cut)


def _other(
    library: str | None, model: ForeignModel, rows: GivenRows, told: Levels, parts: ModelParts
) -> Callable[[Scorer], Any] | None:
    """Makes a Booster of another library, with the levels of the rows at hand; None where the class stays."""
    if library is None:
        return None
    levels = {} if rows.is_array else row_levels.as_in_rows(model, told, rows.schema)
    if library == "lightgbm" and not np.isnan(parts.missing):
        raise other_library.no_number(parts.missing)

    def made(cut: Scorer) -> Any:
        if not isinstance(cut, BoosterScorer):
            raise UnsupportedScorer(f"a {cut.kind} scorer has no trees")
        return other_library.booster(cut, levels, library, has_names=parts.has_names)

    return made


def read_with(model: Any, X: Any, unknown: float = UNKNOWN) -> tuple[Scorer, Matrix]:  # noqa: N803
    """A fitted model of one of these classes as a scorer, and rows (n x features) as it reads them.

    Raises: RiskModelError where the library's own PDs of these rows are others.
    """
    parts = taken_apart(model)
    if parts.forest is not None:
        raise UnsupportedScorer("a forest's PDs are no sum of its trees' log-odds: they have no SHAP values here")
    applications = given_rows(X, parts)
    opened = _opened(parts, applications, ModelHints({}, {}))
    return opened.scorer, _read(applications, opened, parts, unknown)


@dataclass(frozen=True)
class ModelHints:
    """What the caller knows of the model beside what it says itself."""

    levels: Levels
    monotone: Mapping[str, int]


def _share(  # noqa: PLR0917
    size: Size,
    parts: ModelParts,
    given: Scorer,
    pruner: Pruner,
    development: Development,
    finish: Callable[[Scorer], Any],
) -> float:
    def cuts(keeps: Sequence[float]) -> Iterator[Scorer]:
        return (cut.scorer for cut in prune_path.cuts(given, pruner, development, keeps))

    def count(scorer: Scorer, unit: str) -> int:
        if unit != "bytes":
            return write.count(scorer, unit)
        made = finish(scorer)
        return len(taken_apart(made).content)  # the library writes the same at more length

    whole = trees_of(given).n_leaves
    if parts.forest is not None and size.budget is None:
        return min(1.0, of_forest.leaves_of(parts.forest, size) / whole)
    keep = prune_size.largest(size.budget, whole, cuts, count) if size.budget else size.share(whole)
    if keep is None:
        raise RiskModelError(f"one of {', '.join(SIZES)} must set the size, however: none is given")
    return keep


def _opened(parts: ModelParts, given: GivenRows, asked: ModelHints) -> ForeignModel:
    """The model as read from its own bytes, with the answer of the object that was given, and held against it."""
    settings = ModelSettings(
        levels={**given.levels(parts.categories), **asked.levels},
        monotone={**parts.monotone, **asked.monotone},
        all_trees=parts.all_trees,
        as_codes=given.is_array,
        categories=given.categories,
    )
    model = replace(opened(parts.content, settings), answer=parts.answer)
    if parts.forest is not None:
        model = of_forest.dressed(model, parts.forest)
    library_parity.hold_made_up(model, parts.missing)
    return model


def _read(rows: GivenRows, model: ForeignModel, parts: ModelParts, unknown: float) -> Matrix:
    """Rows x features, once no column has too many levels that the model does not know, and the library agrees."""
    _check_levels(rows, model, unknown)
    matrix = rows.matrix(model.scorer.features, parts.missing)
    library_parity.hold_native(model, rows.numbers(model.scorer.features), rows.native, parts.missing)
    return matrix


def _check_levels(rows: GivenRows, model: ForeignModel, unknown: float) -> None:
    check_share("unknown", unknown)
    used = [model.scorer.features[place] for place in model.scorer.ensemble.used_features]
    for lost in rows.unknown(used):
        if lost.share > unknown:
            raise DataError(f"X: column {lost.column!r} {lost.in_words}; at most {unknown:.0%} may count as missing so")
        warnings.warn(f"X: column {lost.column!r} {lost.in_words}: they count as missing", stacklevel=4)


def outcome_of(y: ArrayLike, classes: Sequence[Any]) -> Outcome:
    values = np.asarray(y).ravel()
    if len(strange := values[~np.isin(values, np.asarray(classes))]):
        raise DataError(f"y must be {classes[0]} or {classes[1]}, however: {strange.tolist()[0]!r}")
    return (values == classes[1]).astype(np.int8)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Checked rows, and their weights where there are any."""

    matrix: Matrix
    default: Outcome
    weight: Vector | None

    def development(self, features: tuple[Column, ...], draw: np.random.Generator) -> Development:
        """A quarter of the bads and of the goods tunes, the rest trains."""
        tune = np.zeros(len(self.default), np.bool_)
        for outcome in (0, 1):
            rows = draw.permutation(np.flatnonzero(self.default == outcome))
            tune[rows[: round(TUNE * len(rows))]] = True
        return Development(self._sample("train", features, ~tune), self._sample("tune", features, tune))

    def _sample(self, name: str, features: tuple[Column, ...], mask: NDArray[np.bool_]) -> Sample:
        rows = np.flatnonzero(mask)
        weight = None if self.weight is None else self.weight[rows]
        return Sample(name, features, self.matrix[rows], self.default[rows], rows.astype(np.int64), weight=weight)


def checked_rows(matrix: Matrix, default: Outcome, sample_weight: ArrayLike | None) -> _Rows:
    weight = np.ones(len(default)) if sample_weight is None else np.asarray(sample_weight, np.float64).ravel()
    if not len(matrix) == len(default) == len(weight):
        raise DataError(
            f"X, y and weights must be of one length, however: {len(matrix)}, {len(default)}, {len(weight)}"
        )
    some = weight != 0
    weighted.checked(weight[some], "sample_weight")
    for name, outcome in (("bads", 1), ("goods", 0)):
        if (count := int(((default == outcome) & some).sum())) < FOR_LEAF:
            raise DataError(f"y must have at least {FOR_LEAF} {name} with a weight, however: {count}")
    return _Rows(matrix[some], default[some], None if sample_weight is None else weight[some])
