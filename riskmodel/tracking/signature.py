"""What a model reads and answers, as MLflow shows it; each column is of any type, and none is required.

MLflow changes types and refuses rows by a signature before a model sees them. What a cell must be is for the bundle's
own rules to say, so that pyfunc answers what batch scoring answers: hence `any`, and nothing that is required.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskmodel.bundle import Bundle

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

EXAMPLE_ROWS = 2
_ANSWERS = {
    "pd": "double",
    "points": "integer",
    "grade": "string",
    "decision": "string",
    **{f"reason_{i}": "string" for i in range(1, 5)},
    "model_sha256": "string",
    "why": "string",
}


def signature_of(saved: Bundle) -> ModelSignature | None:
    """Of a bundle; None where it refuses a column that it does not know: MLflow would drop that column unasked."""
    from mlflow.models import ModelSignature
    from mlflow.types.schema import AnyType, ColSpec, Schema

    if saved.scoring.extra_column == "refuse":
        return None
    any_column = [ColSpec(AnyType(), name, required=False) for name in columns(saved)]
    answers = [ColSpec(kind, name, required=False) for name, kind in _ANSWERS.items()]
    return ModelSignature(Schema(any_column), Schema([ColSpec(AnyType(), "id", required=False), *answers]))


def columns(saved: Bundle) -> list[str]:
    """The columns of a table that a bundle reads, its id first."""
    own = [saved.lineage["id"]] if saved.lineage.get("id") else []
    return list(dict.fromkeys([*own, *(column.read_from for column in saved.features)]))


def example_of(saved: Bundle) -> pd.DataFrame:
    """The first of its probe rows, as an application would have them: levels as text, nothing where one is missing."""
    rows = saved.probes.rows[:EXAMPLE_ROWS]
    read: dict[str, list[Any]] = {name: [] for name in columns(saved)}
    for i, row in enumerate(rows):
        for column, value in zip(saved.features, row.tolist(), strict=True):
            if not column.source:
                read[column.name].append(_cell(column.categories, value))
        for name, values in read.items():
            if len(values) == i:
                values.append(f"example {i + 1}" if name == saved.lineage.get("id") else None)
    return pd.DataFrame(read)


def _cell(categories: tuple[str, ...], value: float) -> object:
    if np.isnan(value) or (categories and not 0 <= value < len(categories)):
        return None
    return categories[int(value)] if categories else value
