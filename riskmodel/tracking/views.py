"""How an experiment's page is arranged: one saved view that shows the trade-off of the study that was logged last.

MLflow keeps saved views as tags of the experiment, and a key in the address of the page opens one. The format is its
own and undocumented; a page that no longer reads it shows its plain list instead. Pinned runs are no part of a saved
view, hence the rank that puts champion and choice first, and their names and colours.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from riskmodel.tracking.facts import JUDGED_BY
from riskmodel.tracking.store import Store
from riskmodel.tracking.variant_metrics import AUC, BOUND, COST, FLIPS, KEEP, LOG_COST, P95, RANK

NAME = "Trade-off"
KEY = "trade-off"
STUDY = "riskmodel.study"  # the tag that names the run that was logged last
PLAIN = "trade_off.html"
_FIRST = (3, 15)  # the release that began to name saved views
TAG = f"mlflow.sharedViewState.{KEY}"
ORDER = f"metrics.`{RANK}`"
WIDTHS = {  # in pixels: with the name, the date and the duration they fit a window of 1280
    f"metrics.`{AUC}`": 70,
    f"metrics.`{BOUND}`": 146,
    f"metrics.`{COST}`": 75,
    f"metrics.`{FLIPS}`": 78,
    f"metrics.`{P95}`": 72,
    "tags.`verdict`": 108,
}
BY_WHAT = {f"tags.`{JUDGED_BY}`": 100}  # beside the verdict, where not all are judged by the same figures
_GIVES_WAY = {f"metrics.`{P95}`"}  # to it, in a window of 1280; the parallel lines show it
_COLLAPSED = (  # sections of all other metrics: the page makes a chart of each that it finds
    "Model metrics",
    "quality",
    "change",
    "cost",
    "latency",
    "calibration",
    "fairness",
    "size",
    "test",
)


def address(experiment: str, *, charts: bool = True) -> str:
    """The part of the page's address after the server's name: the view, in the classic page and not the GenAI one."""
    mode = {"compareRunsMode": "CHART"} if charts else {}
    return f"/#/experiments/{experiment}/runs?" + urlencode(
        {"workflowType": "machine_learning", **mode, "viewStateShareKey": KEY}
    )


def reads_saved_views(release: str) -> bool:
    """Whether a release of MLflow is one whose page the tests have seen draw the saved view."""
    major, minor = (int(part) for part in release.split(".")[:2])
    return major == _FIRST[0] and minor >= _FIRST[1]


def latest(store: Store, release: str | None = None) -> str:
    """Where the study that was logged last shows its trade-off; the list of all experiments where there is none.

    A release that does not read the saved view shows the report's own page instead.
    """
    from mlflow.version import VERSION

    studies = [known for known in store.client.search_experiments() if TAG in known.tags]
    if not studies:
        return "/#/experiments?workflowType=machine_learning"
    last = max(studies, key=lambda known: json.loads(known.tags[TAG])["updatedAt"])
    if reads_saved_views(release or VERSION):
        return address(str(last.experiment_id))
    return f"/#/experiments/{last.experiment_id}/runs/{last.tags[STUDY]}/artifacts/{PLAIN}"


def show(store: Store, experiment: str, parent: str, *, judged_by: bool = False) -> None:
    """Makes the saved view of an experiment show the variants of one run; `judged_by` says by what each is judged."""
    now = int(time.time() * 1000)
    view = {"name": NAME, "createdAt": now, "updatedAt": now, "state": json.dumps(state(parent, judged_by=judged_by))}
    store.client.set_experiment_tag(experiment, STUDY, parent)
    store.client.set_experiment_tag(experiment, TAG, json.dumps(view))


def state(parent: str, *, judged_by: bool = False) -> dict[str, Any]:
    """What the page keeps of itself: columns, order, filter, charts and their sections."""
    widths = {key: width for key, width in WIDTHS.items() if key not in _GIVES_WAY} | BY_WHAT if judged_by else WIDTHS
    return {
        "searchFilter": f"tags.`mlflow.parentRunId` = '{parent}'",
        "orderByKey": ORDER,
        "orderByAsc": True,
        "selectedColumns": list(widths),
        "columnOrder": list(widths),  # the page reads no width without an order
        "columnWidths": widths,
        "runsHiddenMode": "SHOW_ALL",
        "hideEmptyCharts": True,
        "isAccordionReordered": True,
        "compareRunSections": [_section("Trade-off", columns=2), *(_section(key, display=False) for key in _COLLAPSED)],
        "compareRunCharts": _charts(),
    }


def _section(name: str, *, display: bool = True, columns: int = 3) -> dict[str, Any]:
    return {
        "uuid": f"section-{name.lower()}",
        "name": name,
        "display": display,
        "isReordered": True,
        "deleted": False,
        "isGenerated": True,
        "columns": columns,
        "cardHeight": 320,
    }


def _charts() -> list[dict[str, Any]]:
    """The four pictures of the trade-off, the answer first; the page colours lines by the last figure."""
    axes = {"xaxis": _axis(LOG_COST), "yaxis": _axis(BOUND), "runsCountToCompare": 100}
    lines = {"selectedParams": [], "selectedMetrics": [KEEP, LOG_COST, FLIPS, P95, AUC], "showAllRuns": False}
    return [
        _chart("scatter", "SCATTER", axes),
        _chart("bounds", "BAR", _bar(BOUND)),
        _chart("parallel", "PARALLEL", lines),
        _chart("cost", "BAR", _bar(LOG_COST)),
    ]


def _axis(metric: str) -> dict[str, str]:
    return {"key": metric, "type": "METRIC"}


def _bar(metric: str) -> dict[str, Any]:
    return {"metricKey": metric, "runsCountToCompare": 100}


def _chart(uuid: str, kind: str, more: Mapping[str, Any]) -> dict[str, Any]:
    common = {"uuid": uuid, "type": kind, "metricSectionId": "section-trade-off"}
    return {**common, "deleted": False, "isGenerated": False, **more}
