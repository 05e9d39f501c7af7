"""choice.json: what was decided before the test sample was opened is in it before, and stays in it afterwards."""

import json
from dataclasses import replace

import pytest
from selection.test_reason import CHOSEN, change

from riskmodel.core import Verdict
from riskmodel.selection import record

BEFORE = replace(CHOSEN, reason="", trials={}, chosen="full", margins={"auc": 1 / 300, "rare_faults": "bounded"})
AFTER = replace(CHOSEN, reason="because", margins=BEFORE.margins)


def read(trade_off):
    return json.loads(record(trade_off))


def test_before_the_test_sample_was_asked_there_is_no_outcome():
    assert {"chosen", "test", "reason"}.isdisjoint(read(BEFORE))


def test_afterwards_all_that_was_said_before_is_the_same():
    before, after = read(BEFORE), read(AFTER)
    assert {name: after[name] for name in before} == before
    assert (after["chosen"], after["reason"]) == ("half", "because")
    assert {name: said["verdict"] for name, said in after["test"].items()} == {
        "half": "non-inferior",
        "tenth": "inconclusive",
    }


def test_numbers_have_six_digits_and_words_stay_words():
    made = read(BEFORE)
    assert made["margins"] == {"auc": 0.00333333, "rare_faults": "bounded"}
    assert made["cost"] == {"full": 1000.0, "half": 250.0, "tenth": 0.0}
    assert record(BEFORE) == record(replace(BEFORE, margins={"auc": 1 / 300 + 1e-12, "rare_faults": "bounded"}))


def test_only_links_of_the_chain_are_said_on_selection_by_what_decides_them():
    changes = {**CHOSEN.changes, "aside": change("aside", "selection", verdict=Verdict.INFERIOR)}
    made = read(replace(BEFORE, changes=changes))
    assert list(made["selection"]) == made["chain"] == ["half", "tenth"]
    assert made["selection"]["half"] == {
        "verdict": "non-inferior",
        "decided_by": "auc",
        "p_value": 0.001,
        "lower": -0.0031,
        "margin": 0.005,
    }


@pytest.mark.parametrize(("together", "due"), [(1, []), (2, ["half", "tenth"])])
def test_who_is_tested_together_is_said(together, due):
    assert read(replace(BEFORE, together=together))["together"] == due


def test_why_somebody_is_out_is_kept():
    assert read(replace(BEFORE, out={"aside": "it costs more"}))["out"] == {"aside": "it costs more"}
