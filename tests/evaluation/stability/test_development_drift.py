"""What has moved between development and the later samples, found where it was planted and told in the report."""

import json
from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel.core import Development
from riskmodel.evaluation import fit_calibration
from riskmodel.evaluation.stability import development_drift

TIME = "day"


def dated(sample, first):
    days = np.datetime64(first) + np.arange(len(sample)) % 180
    return replace(sample, attributes={TIME: days})


@pytest.fixture(scope="module")
def in_time(development):
    return Development(development.train, dated(development.tune, "2022-01-01"))


@pytest.fixture(scope="module")
def still(in_time, fitted):
    scorer = fitted("scorecard")
    line = fit_calibration(scorer.raw_margin(in_time.tune.columns(scorer.features)), in_time.tune.default)
    return development_drift.of_scorer(scorer.recalibrated(line), in_time, _later(), TIME)


def _later():
    return dated(drawn(600, 4, "selection"), "2022-07-01"), dated(drawn(650, 5, "test"), "2023-01-01")


def said(evidence, name, period=""):
    return [item for item in evidence if item.method.id == name and period in ("", item.period)]


def test_each_later_sample_is_held_against_development(still):
    for name in ("stability.psi", "stability.csi", "drift.missing"):
        assert [item.period for item in said(still, name)] == ["selection", "test"]
        assert [item.rows for item in said(still, name)] == [600, 650]
    by_sample, by_quarter = said(still, "drift.calibration")
    assert [row[0] for row in by_sample.tables[0].rows] == ["selection", "test", "tune"]
    assert [row[0] for row in by_quarter.tables[0].rows] == [f"2022-Q{i}" for i in (1, 2, 3, 4)] + [
        "2023-Q1", "2023-Q2"
    ]  # fmt: skip


def test_where_nothing_moves_nothing_fails(still):
    assert not [item for item in still if item.mark == "fail"]


def test_a_shift_that_was_planted_is_found_and_named(in_time, fitted):
    selection, test = _later()
    changed = test.matrix.copy()
    changed[:, 0] += 1.5
    changed[:40, 4] = np.nan
    worse = replace(test, matrix=changed, default=np.ones(len(test), dtype=np.int8))
    drifts = development_drift.of_scorer(fitted("scorecard"), in_time, (selection, worse), None)
    assert said(drifts, "stability.csi", "test")[0].about == FEATURES[0].name
    assert said(drifts, "stability.csi", "test")[0].mark == "fail"
    assert said(drifts, "drift.missing", "test")[0].about == "noise"
    assert [item.mark for item in said(drifts, "drift.bad_rate")] == ["fail"]
    assert said(drifts, "drift.calibration")[0].about == "test"


def test_a_run_leaves_it_as_json(done):
    _, folder = done
    written = json.loads((folder / development_drift.FILE).read_text())
    assert {item["method"]["id"] for item in written} == {
        "stability.psi", "stability.csi", "drift.missing", "drift.bad_rate", "drift.calibration"
    }  # fmt: skip
    assert len(written) == 10


def test_the_report_shows_it_by_sample_and_by_quarter(done):
    _, folder = done
    written = json.loads((folder / development_drift.FILE).read_text())
    answer = json.loads((folder / "review.json").read_text())["dossier"]["monitoring"]["drift"]
    assert answer["against"].startswith("train")
    assert [row["period"] for row in answer["periods"]][:4] == ["tune", "selection", "test", "2019-Q1"]
    psi = [item["value"] for item in written if item["method"]["id"] == "stability.psi"]
    [role] = answer["periods"][1]["psi"]  # where the champion stays, it alone
    assert [row["psi"][role]["value"] for row in answer["periods"][1:3]] == psi
    page = (folder / "review.html").read_text()
    assert 'aria-label="Bad rate and mean PD by period"' in page
    assert "2023-Q4: bad rate" in page
