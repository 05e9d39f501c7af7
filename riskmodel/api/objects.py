"""Models as callers have them, made into what the workflows open: a bundle's folder, an address or a native file."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from riskmodel.api import frames
from riskmodel.api.model import Model
from riskmodel.errors import DataError, UnsupportedScorer
from riskmodel.scorers.foreign.memory_objects import taken_apart
from riskmodel.scorers.foreign.model import AS_SAVED, Levels, ModelSettings
from riskmodel.scorers.foreign.parts import ModelParts
from riskmodel.workflows.prune.given_rows import GivenRows


def placed(model: Any, folder: Path, name: str) -> tuple[Path, ModelSettings]:
    """Where a model lies, and what its file does not say. Raises: RiskModelError for what is no model."""
    if frames.is_path(model):
        return Path(model), AS_SAVED
    if isinstance(model, Model):
        return model.save(folder / name), AS_SAVED
    parts = taken_apart(model)
    return file_of(parts, folder, name), settings_of(parts)


def file_of(parts: ModelParts, folder: Path, name: str) -> Path:
    """The native file of a model in memory. Raises: UnsupportedScorer for a forest, which has none."""
    if parts.forest is not None:
        raise UnsupportedScorer("a forest has no native file: give its PDs instead, as riskmodel.prune_pd takes them")
    place = folder / f"{name}{'.txt' if parts.maker == 'lightgbm' else '.json'}"
    place.write_bytes(parts.content)
    return place


def settings_of(
    parts: ModelParts,
    rows: GivenRows | None = None,
    levels: Levels | None = None,
    monotone: Mapping[str, int] | None = None,
) -> ModelSettings:
    """What the object knows and its file does not."""
    return ModelSettings(
        levels={**(rows.levels(parts.categories) if rows else {}), **(levels or {})},
        monotone={**parts.monotone, **(monotone or {})},
        missing=None if isnan(parts.missing) else parts.missing,
        all_trees=parts.is_xgboost and parts.all_trees,
        as_codes=False,
        categories=rows.categories if rows else {},
    )


def labelled(rows: GivenRows, parts: ModelParts, outcome: Any, target: str, folder: Path) -> Path:
    """Rows under the names of the model's features, with the outcome where there is one, as a Parquet file."""
    content = rows.content
    if not isinstance(content, pa.Table):
        content = pa.table({name: content[:, i] for i, name in enumerate(parts.names)})
    if target in content.column_names:
        raise DataError(f"{target!r} must not be a feature of the model, however: it is one")
    place = folder / "rows.parquet"
    pq.write_table(content if outcome is None else content.append_column(target, pa.array(outcome)), place)
    return place
