import numpy as np
import pytest
from leaky_loans import clean

from riskmodel.datasets.leakage import SuspectSeverity


def suspected(suspects, name, values):
    return [s for s in suspects(clean(1500, 1) | {name: values}) if s.column == name and s.screen != "tells little"]


@pytest.mark.parametrize(
    "name",
    [
        *("recoveries", "collection_recovery_fee", "charge_off_amount", "ChargedOffDate", "last_pymnt_amnt"),
        *("LastPaymentDate", "next_pymnt_d", "settlement_amount", "debt_settlement_flag", "total_rec_late_fee"),
        *("total_pymnt", "out_prncp", "default_date", "hardship_reason", "LGD", "loan_status", "last_fico_range_low"),
    ],
)
def test_a_name_from_after_the_outcome_warns(suspects, name):
    (suspect,) = suspected(suspects, name, np.random.default_rng(0).normal(size=1500))
    assert (suspect.screen, suspect.severity) == ("known after", SuspectSeverity.WARNS)
    assert "though its AUC is 0.5" in suspect.evidence


@pytest.mark.parametrize(
    "name",
    [
        *(
            "collections_12_mths_ex_med",
            "months_since_delinquency",
            "num_tl_90g_dpd_24m",
            "PAY_AMT1",
            "previous_default_date",
        ),
        *("purpose_of_loan", "grades_of_school", "integrated_rate", "monthly_income", "number_of_open_credit_lines"),
    ],
)
def test_a_name_of_a_bureau_or_of_nothing_does_not(suspects, name):
    signal = clean(1500, 1)["bureau"] + np.random.default_rng(0).normal(size=1500)
    assert suspected(suspects, name, signal) == []


def test_a_name_and_an_auc_that_goes_with_it_block(suspects):
    columns = clean(1500, 1)
    values = columns["default"] + 0.7 * np.random.default_rng(0).normal(size=1500)
    (suspect,) = (s for s in suspected(suspects, "recoveries", values) if s.screen == "known after")
    assert suspect.severity is SuspectSeverity.BLOCKS
    assert suspect.figures["auc_low"] > 0.75


@pytest.mark.parametrize(
    "name", ["grade", "sub_grade", "int_rate", "InterestRate", "risk_band", "loan_grade", "own_score"]
)
def test_the_lenders_own_judgement_warns_where_it_is_in_it(suspects, name):
    score = clean(1500, 1)["bureau"] + np.random.default_rng(1).integers(-9, 9, 1500)
    (suspect,) = suspected(suspects, name, score)
    assert (suspect.screen, suspect.severity) == ("own score", SuspectSeverity.WARNS)
    grade = np.array(list("ABCDEFG"))[np.digitize(score, [580, 620, 660, 700, 740, 780])]
    assert [s.screen for s in suspected(suspects, name, grade)] == ["own score"]
    assert suspected(suspects, name, np.random.default_rng(0).normal(size=1500)) == []
