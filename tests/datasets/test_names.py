import pytest

from riskmodel.datasets import names


@pytest.mark.parametrize("name", ["MonthlyIncome", "MONTHLY_INCOME", "monthly income", "monthly.income"])
def test_a_name_has_the_same_words_however_it_is_written(name):
    assert names.words(name) == ("monthly", "income")


@pytest.mark.parametrize(
    ("says", "yes", "no"),
    [
        (
            names.protected,
            ["SEX", "CODE_GENDER", "age", "age_in_years", "ApplicantAge", "MaritalStatus", "foreign_worker", "group"],
            ["mortgage", "file_age", "account_age", "average", "embrace", "age_of_oldest_trade", "group_size"],
        ),
        (
            names.known_after,
            [
                "recoveries",
                "total_pymnt",
                "last_payment_d",
                "repaid",
                "settlement_status",
                "default_date",
                "charged_off",
            ],
            ["repaid_loan_on_prev_car", "chargeoff_within_12_mths", "PAY_AMT1", "payment_history", "total_acc"],
        ),
        (
            names.another_score,
            ["grade", "sub_grade", "int_rate", "y_pred_proba", "true_pd", "internal_score", "RiskRating"],
            ["fico_score", "ExternalRiskEstimate", "installment_rate_in_percentage_of_disposable_income", "upgrade"],
        ),
        (
            names.amount,
            ["loan_amount", "credit_amount", "funded_amnt_inv", "LIMIT_BAL", "LoanAmount", "amount"],
            ["PAY_AMT1", "total_il_high_credit_limit", "down_payment_amount", "income"],
        ),
        (names.borrower, ["customer_id", "ClientNo", "member_id", "borrower"], ["loan_id", "customer_income", "id"]),
        (names.numbering, ["ID", "loan_id", "application_no", "Unnamed: 0", "", "id_loan"], ["NumberOfTimes", "idle"]),
        (names.coded, ["zip_code", "purpose_cd", "product_type", "region"], ["income", "decode", "states_visited"]),
    ],
)
def test_what_a_name_says(says, yes, no):
    assert [name for name in yes if not says(name)] == []
    assert [name for name in no if says(name)] == []


def test_the_date_of_issue_ranks_above_other_dates_and_later_ones_count_for_nothing():
    dates = ["issue_d", "timestamp", "when", "last_pymnt_d", "date_of_birth", "maturity_date"]
    assert [names.time_rank(name) for name in dates] == [3, 2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("afam", "ethnicity"),
        ("hispanic", "ethnicity"),
        ("Is_White", "ethnicity"),
        ("single", "marital status"),
        ("single_premium", None),
        ("blacklisted", None),
    ],
)
def test_groups_are_told_by_the_words_that_surveys_have_for_them(name, what):
    assert names.protected(name) == what
