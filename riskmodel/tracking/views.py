"""How a new experiment's page is arranged: one saved view with the columns that matter, beside MLflow's own empty list.

MLflow keeps saved views as tags of the experiment. The format is its own and undocumented; a page that no longer reads
it shows its plain list instead.
"""

from __future__ import annotations

import json

_VIEW = "mlflow.sharedViewState.trade-off"
_METRICS = (
    "quality/auc",
    "change/delta_auc",
    "change/delta_low",
    "latency/p50_us",
    "latency/p99_us",
    "latency/rows_per_s",
    "size/bytes",
    "size/features",
)
_TAGS = ("verdict", "on_front", "chosen")


def experiment_tags(now: int) -> dict[str, str]:
    """The tags of a new experiment: its kind, and the view named Trade-off; `now` is in milliseconds."""
    columns = [f"metrics.`{key}`" for key in _METRICS] + [f"tags.`{key}`" for key in _TAGS]
    state = {"selectedColumns": columns, "orderByKey": "metrics.`quality/auc`", "orderByAsc": False}
    view = {"name": "Trade-off", "createdAt": now, "updatedAt": now, "state": json.dumps(state)}
    return {_VIEW: json.dumps(view), "mlflow.experimentKind": "custom_model_development"}
