"""The saved view asks for figures that are logged."""

import json

from riskmodel.tracking import facts
from riskmodel.tracking.views import experiment_tags


def test_every_column_of_the_view_is_logged(study):
    state = json.loads(json.loads(experiment_tags(1)["mlflow.sharedViewState.trade-off"])["state"])
    logged = {f"metrics.`{key}`" for key in facts.metrics(study, "lgbm")} | {
        f"tags.`{key}`" for key in facts.tags(study, "lgbm")
    }
    assert set(state["selectedColumns"]) <= logged
    assert state["orderByKey"] in logged
