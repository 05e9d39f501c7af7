"""A service decides and logs; outcomes come months later; monitoring joins them, and rings where they are bad."""

import json
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from batch.books import applications, packed
from click.testing import CliRunner
from samples import drawn
from serving.test_app import call

from riskmodel import bundle
from riskmodel.cli import cli
from riskmodel.core import Policy
from riskmodel.serving import DecisionModel, after_answer
from riskmodel.serving.app import Service
from riskmodel.serving.decision_log import DecisionLog
from riskmodel.serving.slot import Slot

BOOK = 900  # applications of a period
JANUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC).timestamp() for month in (1, 3))


@pytest.fixture(scope="module")
def models(fitted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    for name, kind in (("champion", "lgbm"), ("challenger", "scorecard")):
        bundle.save(packed(fitted(kind), policy=Policy(0.4, 0.3, (0.1, 0.2, 0.5))), folder / name)
    return folder


def served(models, table: pa.Table, log, since: float, monkeypatch) -> None:
    """The service decides the applications, one an hour from a day on, and logs them."""
    hours = count()
    monkeypatch.setattr(after_answer, "time", lambda: since + 3600 * next(hours))
    service = Service(Slot(DecisionModel.from_bundle(bundle.read(models / "champion"))), log=DecisionLog(log))
    for record in table.to_pylist():
        assert call(service, "POST", "/decide", record)[0] == 200
    service.close()


def period(seed: int, first: int, *, worse: bool):
    """Applications, and the outcomes that will be known of them: in bad times twice as many default."""
    sample, table = drawn(BOOK, seed), applications(BOOK, seed, first)
    default = sample.default.copy()
    if worse:
        default |= (np.random.default_rng(seed).random(BOOK) < 0.35).astype(np.int8)
    return table, table.append_column("default", pa.array(default))


def watched(models, tmp_path, *options):
    files = ["--champion", str(models / "champion"), "--challenger", str(models / "challenger")]
    data = ["--data", str(tmp_path / "outcomes.parquet"), "--target", "default", "--id", "loan"]
    log = ["--decisions", str(tmp_path / "decisions.jsonl"), "--since", "2026-03-01"]
    output = ["--output", str(tmp_path / "march.html")]
    return CliRunner().invoke(cli, ["--quiet", "review", *files, *data, *log, *output, *options])


def lived(models, tmp_path, monkeypatch, *, worse: bool):
    """Two periods of decisions, then their outcomes, and rows that nobody decided."""
    known = []
    for seed, first, since, bad_times in ((31, 0, JANUARY, False), (32, BOOK, MARCH, worse)):
        asked, outcomes = period(seed, first, worse=bad_times)
        served(models, asked, tmp_path / "decisions.jsonl", since, monkeypatch)
        known.append(outcomes)
    known.append(period(33, 2 * BOOK, worse=False)[1])
    table = pa.concat_tables(known)
    table.to_pandas().sample(frac=1, random_state=0).to_parquet(tmp_path / "outcomes.parquet")


@pytest.mark.parametrize("worse", [True, False])
def test_outcomes_that_are_worse_than_decided_ring(models, tmp_path, monkeypatch, worse):
    lived(models, tmp_path, monkeypatch, worse=worse)
    done = watched(models, tmp_path)
    data = json.loads((tmp_path / "march.json").read_bytes())
    assert data["subject"]["rows"] == BOOK  # neither those before, nor those that nobody decided
    assert data["record"]["decisions"]["file"] == "decisions.jsonl"
    alarms = json.loads((tmp_path / "march.alarms.json").read_bytes())
    failed = {alarm["id"] for alarm in alarms["alarms"] if alarm["verdict"] == "fail"}
    assert (done.exit_code, alarms["rings"]) == ((5, True) if worse else (0, False)), done.output
    assert bool(failed) == worse
    assert not worse or any("calibration" in name or "bad_rate" in name for name in failed)


def test_values_that_were_changed_after_the_decision_are_refused(models, tmp_path, monkeypatch):
    lived(models, tmp_path, monkeypatch, worse=False)
    rows = pd.read_parquet(tmp_path / "outcomes.parquet")
    rows.loc[rows["loan"].isin(["L7", "L8"]), "income"] += 3.0
    rows.to_parquet(tmp_path / "outcomes.parquet")
    done = watched(models, tmp_path)
    assert isinstance(done.exception, Exception)
    assert "the champion's PDs must be those that it decided by, however: 2 of 1800 differ" in str(done.exception)


def test_what_is_no_log_or_of_other_rows_is_refused(models, tmp_path):
    applications(20, 1).append_column("default", pa.array([0, 1] * 10)).to_pandas().to_parquet(
        tmp_path / "outcomes.parquet"
    )
    good = {"time": "2026-03-02T10:00:00+00:00", "id": "L1", "pd": 0.1, "model_sha256": "a" * 64}
    log = tmp_path / "decisions.jsonl"
    for text, reason in (
        ("{}\n", "line 1: must be a decision as riskmodel serve logs it"),
        (json.dumps(good) + "\n[1, 2]\n", "line 2: must be a decision"),
        (json.dumps({**good, "time": "yesterday"}) + "\n", "line 1: must be a decision"),
        (json.dumps({**good, "id": "none of them"}) + "\n", "must have decisions on rows of the table"),
        ("", "must have decisions on rows of the table"),
    ):
        log.write_text(text)
        assert reason in str(watched(models, tmp_path).exception)


def test_the_log_needs_ids_and_dates_alone(models, tmp_path):
    (tmp_path / "decisions.jsonl").write_text("")
    applications(5, 1).to_pandas().to_parquet(tmp_path / "outcomes.parquet")
    assert "--time is given too" in watched(models, tmp_path, "--time", "when").output
