"""The saved view asks for figures that are logged."""

import json
from urllib.parse import parse_qs

from riskmodel.tracking import facts, variant_metrics, views

CHAMPION = "lgbm"


def test_every_column_chart_and_order_is_of_what_is_logged(study):
    state = views.state("0a1b", judged_by=True)
    figures = variant_metrics.metrics(study, CHAMPION)
    logged = {f"metrics.`{key}`" for key in figures} | {f"tags.`{key}`" for key in facts.tags(study, CHAMPION)}
    assert {*state["selectedColumns"], state["orderByKey"]} <= logged
    for chart in state["compareRunCharts"]:
        axes = [chart[axis]["key"] for axis in ("xaxis", "yaxis") if axis in chart]
        asked = [*axes, *chart.get("selectedMetrics", []), *([chart["metricKey"]] if "metricKey" in chart else [])]
        assert asked
        assert set(asked) <= figures.keys()


def test_each_chart_stands_in_a_section_that_is_there_once():
    state = views.state("0a1b")
    sections = [section["uuid"] for section in state["compareRunSections"]]
    assert len(sections) == len(set(sections))
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} <= set(sections)
    assert len({chart["uuid"] for chart in state["compareRunCharts"]}) == len(state["compareRunCharts"])


def test_the_view_is_a_tag_that_names_the_run_and_its_address_names_the_view(store):
    experiment = store.experiment("taiwan")
    views.show(store, experiment, "0a1b")
    view = json.loads(store.client.get_experiment(experiment).tags[views.TAG])
    assert json.loads(view["state"]) == views.state("0a1b")
    page, _, asked = views.address(experiment).partition("?")
    assert page == f"/#/experiments/{experiment}/runs"
    assert views.TAG.endswith(parse_qs(asked)["viewStateShareKey"][0])


def test_by_what_a_variant_is_judged_is_a_column_where_that_differs(store):
    experiment = store.experiment("cascaded")
    for judged_by in (False, True):
        views.show(store, experiment, "0a1b", judged_by=judged_by)
        view = json.loads(store.client.get_experiment(experiment).tags[views.TAG])
        assert ("tags.`judged_by`" in json.loads(view["state"])["selectedColumns"]) is judged_by


def test_it_fits_a_tag_of_mlflow():
    from mlflow.utils.validation import MAX_EXPERIMENT_TAG_VAL_LENGTH

    view = {"name": views.NAME, "createdAt": 1, "updatedAt": 1, "state": json.dumps(views.state("0" * 32))}
    assert len(json.dumps(view)) < MAX_EXPERIMENT_TAG_VAL_LENGTH
