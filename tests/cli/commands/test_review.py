"""`riskmodel review` asks for one review with all that it is told; its exit code is what gate and alarm say."""

import json
from datetime import date
from pathlib import Path

import pytest
from cli.commands.recorder import recorded

from riskmodel.cli.exits import ALARM, NOT_NON_INFERIOR

LINE = ["--quiet", "review", "--champion", "old", "--challenger", "new", "--data", "rows.csv", "--output", "page.html"]
OUTCOME = {"verdict": "non-inferior", "change": {"auc": 1}, "more": 2}


@pytest.fixture
def made(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    recorded(monkeypatch, "riskmodel.review.reports.change.in_words", lambda _, output: f"{output} in words")
    recorded(monkeypatch, "riskmodel.review.reports.alarms.rings", lambda outcome: outcome.get("rings", False))
    return recorded(monkeypatch, "riskmodel.workflows.review.reviewing.review", OUTCOME)


def request_of(made):
    return made.arguments[0]


def test_it_asks_for_what_it_was_told_and_for_nothing_more(made, riskmodel):
    assert riskmodel(*LINE)[:2] == (0, "page.html in words\n")
    asked, output, _ = made.arguments
    assert [str(asked.champion), str(asked.challenger), str(asked.data)] == ["old", "new", "rows.csv"]
    assert output == Path("page.html")
    assert made.named == {"pdf": False}
    columns = asked.columns
    assert (columns.target, columns.protected, columns.amount, columns.time) == (None, (), None, None)
    assert (asked.since, asked.cutoff, asked.reseeded, asked.worst_case) == (None, None, (), False)


def test_columns_are_named_by_what_they_are(made, riskmodel):
    line = ["--target", "bad", "--bad", "yes", "--protected", " sex, age ,sex,", "--amount", "loan", "--time", "day"]
    assert riskmodel(*LINE, *line, "--id", "n", "--cluster", "who", "--weight", "w")[0] == 0
    columns = request_of(made).columns
    assert (columns.target, columns.bad, columns.protected) == ("bad", "yes", ("sex", "age"))
    assert (columns.amount, columns.time, columns.id, columns.cluster, columns.weight) == (
        "loan",
        "day",
        "n",
        "who",
        "w",
    )


def test_settings_may_be_of_one_of_the_two_alone(made, riskmodel):
    assert riskmodel(*LINE, "--missing", "champion=-1", "--all-trees", "--worst-case", "--pdf")[0] == 0
    settings = request_of(made).settings
    assert (settings["champion"].missing, settings["challenger"].missing) == (-1.0, None)
    assert all(one.all_trees for one in settings.values())
    assert request_of(made).worst_case
    assert made.named == {"pdf": True}


def test_a_day_and_further_models_are_read(made, riskmodel):
    line = ["--since", "2024-03-01", "--time", "day", "--reseeded", "a", "--reseeded", "b", "--cutoff", "0.3"]
    assert riskmodel(*LINE, *line)[0] == 0
    asked = request_of(made)
    assert (asked.since, asked.cutoff) == (date(2024, 3, 1), 0.3)
    assert [str(path) for path in asked.reseeded] == ["a", "b"]


@pytest.mark.parametrize("verdict", ["non-inferior", "inferior", "inconclusive", "NOT EVALUATED"])
@pytest.mark.parametrize("gate", [True, False])
def test_a_gate_lets_only_the_non_inferior_through(verdict, gate, made, riskmodel):
    made.answer = {**OUTCOME, "verdict": verdict}
    due = NOT_NON_INFERIOR if gate and verdict != "non-inferior" else 0
    assert riskmodel(*LINE, *(["--gate"] if gate else []))[0] == due


@pytest.mark.parametrize(("since", "rings", "due"), [(True, True, ALARM), (True, False, 0), (False, True, 0)])
def test_an_alarm_rings_only_where_periods_are_compared(since, rings, due, made, riskmodel):
    made.answer = {**OUTCOME, "rings": rings}
    assert riskmodel(*LINE, *(["--since", "2024-03-01"] if since else []))[0] == due


def test_a_gate_that_stays_shut_speaks_before_an_alarm(made, riskmodel):
    made.answer = {**OUTCOME, "verdict": "inferior", "rings": True}
    assert riskmodel(*LINE, "--gate", "--since", "2024-03-01")[0] == NOT_NON_INFERIOR


def test_as_json_it_is_the_verdict_and_the_change(made, riskmodel):
    out = riskmodel(*LINE, "--json")[1]
    assert json.loads(out) == {"verdict": "non-inferior", "change": {"auc": 1}}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["--decisions", "log", "--time", "day"], "--decisions dates the rows itself, however: --time is given too"),
        (["--cutoff", "1"], "--cutoff"),
        (["--cutoff", "0"], "--cutoff"),
        (["--since", "March"], "--since"),
        (["--missing", "none"], "--missing must be a number, however: 'none'"),
        (["--missing", "champion=1", "--missing", "2"], "--missing must be given once for the champion"),
    ],
)
def test_what_cannot_be_asked_reviews_nothing(line, why, made, riskmodel):
    code, _, err = riskmodel(*LINE, *line)
    assert code in (1, 2)
    assert why in err
    assert made.calls == []
