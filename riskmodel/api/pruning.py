"""Prune a booster in memory with the evidence, by the workflow of `riskmodel prune`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from riskmodel.api import objects
from riskmodel.api.evidence import PrunedModel
from riskmodel.api.learning import SUFFIXES, booster_of
from riskmodel.api.progress import stages
from riskmodel.api.scratch import scratch
from riskmodel.core import Outcome, PruningPlan, check_by_column, check_levels, check_seed
from riskmodel.errors import DataError
from riskmodel.review.reports.frontier import Frontier
from riskmodel.review.reports.same_decisions import SameDecisions
from riskmodel.scorers.foreign import other_library
from riskmodel.scorers.foreign.memory_objects import taken_apart
from riskmodel.scorers.foreign.model import Levels
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.workflows.prune import alike, pruning, write
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune.decision_rows import DecisionSource
from riskmodel.workflows.prune.given_rows import given_rows
from riskmodel.workflows.prune.same_decisions import decide_alike
from riskmodel.workflows.prune.size import Size

TARGET = "riskmodel: outcome"


def prune(
    model: Any,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike | None = None,
    *,
    margin: float | None = None,
    keep: float | None = None,
    leaves: int | None = None,
    trees: int | None = None,
    method: str = prune_path.METHOD,
    same_decisions: float | None = None,
    cutoff: float | None = None,
    anyway: bool = False,
    levels: Levels | None = None,
    monotone: Mapping[str, int] | None = None,
    seed: int = 0,
    as_: str | None = None,
    progress: bool | None = None,
) -> PrunedModel:
    """The smallest model of the same class that a sealed part of the rows confirms to be no worse.

    Parameters
    ----------
    model
        A fitted Booster or classifier of LightGBM or XGBoost, or another that `prune_trees` takes; it stays as it was.
    X
        Rows (n x features) that are new to it: pandas, polars, Arrow, or an array.
    y
        Outcomes (n) of two classes; the later one in sorted order is the bad. `same_decisions` needs none.
    margin
        Loss of AUC that counts as none; 0.005 unless a size is given.
    keep, leaves, trees
        One of them sets the size in place of the margin.
    same_decisions
        In place of a size: the smallest model that decides at least this share of applications as the given one does,
        with an exact bound; 1 is every possible one, by proof.
    cutoff
        The PD to decline from; where the given model approves 80 % unless given.
    method
        A pruner of trees, by its name.
    anyway
        Give the model back where nothing smaller is confirmed, too.
    levels
        Of categories that the model lost, by column, in the order of their codes.
    monotone
        1 or -1 by column, where the model does not say itself that more never lowers, or never raises, its PD.
    seed
        Of the split into samples: fit, decide, choose, confirm.
    as_
        "lightgbm" or "xgboost": a Booster of that library instead, categories as its own, with the levels of `X`.
    progress
        None shows it on a terminal and in a notebook.

    Returns
    -------
    The model with its evidence, plan, table, chart and page.

    Raises
    ------
    RiskModelError
        In one line that says what is wrong.

    Examples
    --------
    >>> small = riskmodel.prune(booster, X_new, y_new, margin=0.005)  # doctest: +SKIP
    >>> small.model.predict(X_new)  # doctest: +SKIP
    """
    sizes = {"margin": margin, "keep": keep, "leaves": leaves, "trees": trees}
    if len(given := [name for name, value in sizes.items() if value is not None]) > 1:
        raise DataError(f"the size must be set by one of {', '.join(sizes)}, however: by {' and '.join(given)}")
    rule = alike.rule_of(same_decisions, cutoff, {name: value for name, value in sizes.items() if name != "margin"})
    if rule is not None and margin is not None:
        raise DataError("the size must be set by margin or same_decisions, however: by both")
    size = Size(keep=keep, leaves=leaves, trees=trees) if margin is None else Size(margin=margin)
    parts = taken_apart(model)
    applications = given_rows(X, parts)
    if y is None and rule is None:
        raise DataError("y must be given, however: None, which same_decisions alone allows")
    bads = None if y is None else _bads(y, parts, len(applications))
    check_seed(seed)
    if as_ is not None:
        other_library.check(as_)
    check_levels(levels)
    check_by_column("monotone", monotone)
    with scratch({"given": "the model", "rows": "X", "small": "the smaller model"}, {TARGET: "y"}) as folder:
        native = objects.file_of(parts, folder, "given")
        rows = objects.labelled(applications, parts, bads, TARGET, folder)
        settings = objects.settings_of(parts, applications, levels, monotone)
        output = folder / f"small{native.suffix if as_ is None else SUFFIXES[as_]}"
        evidence: Frontier | SameDecisions
        if rule is not None:
            asked = DecisionSource(
                native, rows, None if bads is None else TARGET, seed=seed, settings=settings, library=as_
            )
            evidence = decide_alike(asked, output, (rule.share, rule.cutoff), stages(progress), method, None, anyway)
        else:
            source = pruning.Source(native, rows, TARGET, seed=seed, settings=settings, library=as_)
            evidence = pruning.prune(source, output, size, stages(progress), method, anyway)
        plan, page, file = write.places(output)
        rebuilt = parts.rebuilt if as_ is None else partial(booster_of, library=as_)
        made = rebuilt(file.read_bytes()) if file.exists() else None
        return PrunedModel(made, evidence, _plan(plan), page.read_text("utf-8"))


def _bads(y: ArrayLike, parts: ModelParts, rows: int) -> Outcome:
    outcome = np.asarray(y).ravel()
    if len(outcome) != rows:
        raise DataError(f"X and y must be of one length, however: {rows} and {len(outcome)}")
    if len(strange := outcome[~np.isin(outcome, np.asarray(parts.classes))]):
        raise DataError(f"y must be {parts.classes[0]} or {parts.classes[1]}, however: {strange.tolist()[0]!r}")
    return (outcome == parts.classes[1]).astype(np.int8)


def _plan(path: Path) -> PruningPlan | None:
    written = json.loads(path.read_bytes())["plan"] if path.exists() else None
    return PruningPlan.from_json(json.dumps(written).encode()) if written else None
