"""`riskmodel cascade` hands on what it is told, and its exit code says whether the cascade holds."""

import pytest
from cli.commands.recorder import recorded

from riskmodel.config import DecisionMargins

LINE = ["cascade", "--cheap", "a", "--full", "b", "--data", "rows.csv", "--target", "bad"]
WORKFLOW = "riskmodel.workflows.cascade"


@pytest.fixture
def asked(monkeypatch):
    recorded(monkeypatch, f"{WORKFLOW}.as_json", "{}\n")
    recorded(monkeypatch, f"{WORKFLOW}.is_no_worse", lambda report: report == "fine")
    return lambda answer="fine": recorded(monkeypatch, f"{WORKFLOW}.cascade", answer)


def test_usual_values_are_those_of_the_help(asked, riskmodel):
    made = asked()
    assert riskmodel(*LINE, "--json")[:2] == (0, "{}\n")
    cheap, full, data, columns, differ, alpha, test, output, _, applications, margins = made.arguments
    assert (cheap, full, str(data), columns.target, columns.bad) == ("a", "b", "rows.csv", "bad", None)
    assert (differ, alpha, test, output, applications) == (0.01, 0.05, None, None, None)
    assert margins == DecisionMargins()


def test_margins_are_those_that_are_given(asked, riskmodel):
    made = asked()
    riskmodel(*LINE, "--json", "--decisions-margin", "0.1", "--bad-rate-margin", "1.2")
    assert made.arguments[-1] == DecisionMargins(decisions=0.1, approved_bad_rate=1.2)


def test_by_scores_there_are_no_margins_of_decisions(asked, riskmodel):
    made = asked()
    assert riskmodel(*LINE, "--json", "--judged-by", "scores")[0] == 0
    assert made.arguments[-1] is None
    code, _, err = riskmodel(*LINE, "--judged-by", "scores", "--decisions-margin", "0.1")
    assert code == 2
    assert "are for --judged-by decisions" in err


def test_what_is_not_shown_to_hold_exits_with_3(asked, riskmodel):
    asked("worse")
    assert riskmodel(*LINE, "--json")[0] == 3


@pytest.mark.parametrize(
    ("option", "value"), [("--decisions-margin", "1"), ("--bad-rate-margin", "1"), ("--applications", "0")]
)
def test_a_value_out_of_its_range_is_refused(option, value, asked, riskmodel):
    made = asked()
    assert riskmodel(*LINE, option, value)[0] == 2
    assert made.calls == []
