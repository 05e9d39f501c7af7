"""Prune a booster in memory with the evidence, by the workflow of `riskmodel prune`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from riskmodel.api import objects
from riskmodel.api.evidence import PrunedModel
from riskmodel.api.progress import stages
from riskmodel.core import PruningPlan
from riskmodel.errors import DataError
from riskmodel.scorers._foreign.memory_objects import taken_apart
from riskmodel.scorers._foreign.model import Levels
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune import pruning, write
from riskmodel.workflows.prune.given_rows import given_rows
from riskmodel.workflows.prune.size import Size

TARGET = "riskmodel: outcome"


def prune(
    model: Any,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike,
    *,
    margin: float | None = None,
    keep: float | None = None,
    leaves: int | None = None,
    trees: int | None = None,
    method: str = prune_path.METHOD,
    anyway: bool = False,
    levels: Levels | None = None,
    monotone: Mapping[str, int] | None = None,
    seed: int = 0,
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
        Outcomes (n) of two classes; the later one in sorted order is the bad.
    margin
        Loss of AUC that counts as none; 0.005 unless a size is given.
    keep, leaves, trees
        One of them sets the size in place of the margin.
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
    size = Size(keep=keep, leaves=leaves, trees=trees) if margin is None else Size(margin=margin)
    parts = taken_apart(model)
    applications = given_rows(X, parts)
    outcome = np.asarray(y).ravel()
    if len(outcome) != len(applications):
        raise DataError(f"X and y must be of one length, however: {len(applications)} and {len(outcome)}")
    if len(strange := outcome[~np.isin(outcome, np.asarray(parts.classes))]):
        raise DataError(f"y must be {parts.classes[0]} or {parts.classes[1]}, however: {strange[0]}")
    bads = (outcome == parts.classes[1]).astype(np.int8)
    with TemporaryDirectory(prefix="riskmodel-") as place:
        folder = Path(place)
        source = pruning.Source(
            objects.file_of(parts, folder, "given"),
            objects.labelled(applications, parts, bads, TARGET, folder),
            TARGET,
            seed=seed,
            settings=objects.settings_of(parts, applications, levels, monotone),
        )
        output = folder / f"small{source.model.suffix}"
        evidence = pruning.prune(source, output, size, stages(progress), method, anyway)
        plan, page, file = write.places(output)
        made = parts.rebuilt(file.read_bytes()) if file.exists() else None
        return PrunedModel(made, evidence, _plan(plan), page.read_text("utf-8"))


def _plan(path: Path) -> PruningPlan | None:
    written = json.loads(path.read_bytes())["plan"] if path.exists() else None
    return PruningPlan.from_json(json.dumps(written).encode()) if written else None
