"""`[split]`, `[choice]`, `[latency]`, `[model]`: shares that leave a train sample, and rules within their ranges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from small_run import toml

from riskmodel import config
from riskmodel.config import ChoiceRule, LatencyRule, ModelFacts, SplitShares

SHARES = st.tuples(*[st.floats(0.01, 0.9)] * 3)


@given(SHARES)
def test_train_has_at_least_a_tenth(shares):
    tune, selection, test = shares
    if tune + selection + test > 0.9:
        with pytest.raises(ValidationError, match=r"tune \+ selection \+ test must be at most 0\.9, however: "):
            SplitShares(tune=tune, selection=selection, test=test)
    else:
        assert SplitShares(tune=tune, selection=selection, test=test).tune == tune


@pytest.mark.parametrize(
    "wrong",
    [{"gap_days": -1}, {"window_days": -1}, {"latest": 0.0}, {"latest": 1.1}, {"how": "sorted"}, {"test": 0.0}],
)
def test_a_setting_outside_its_range_is_refused_by_name(wrong):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        SplitShares(**wrong)


def test_a_change_is_worth_at_least_what_there_was_and_a_budget_is_time():
    assert ChoiceRule(least_gain=1.0).least_gain == 1.0
    with pytest.raises(ValidationError, match="least_gain"):
        ChoiceRule(least_gain=0.99)
    with pytest.raises(ValidationError, match="cost"):
        ChoiceRule(cost="latency")
    with pytest.raises(ValidationError, match="budget_us"):
        LatencyRule(budget_us=0.0)


FACTS = """
[model]
purpose = "decides on loans"
approval_date = 2026-11-28
limitations = [{ weakness = "few bads", control = "a person looks" }]

[policy]"""


def test_facts_go_through_as_they_stand():
    model = config.parse(toml().replace("\n[policy]", FACTS, 1).encode(), "run.toml").model
    assert (model.purpose, model.approval_date) == ("decides on loans", date(2026, 11, 28))
    assert [limitation.control for limitation in model.limitations] == ["a person looks"]
    assert model.owner is None


@pytest.mark.parametrize("purpose", ["", "x" * 4001])
def test_a_fact_is_said_and_said_shortly(purpose):
    with pytest.raises(ValidationError, match="purpose"):
        ModelFacts(purpose=purpose)
