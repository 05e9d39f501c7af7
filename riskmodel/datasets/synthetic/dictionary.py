"""The features of a portfolio in their order, with what their levels, codes and missing values mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

# Levels, and what each adds to the margin.
EMPLOYMENT = {"employed": 0.0, "public": -0.4, "retired": -0.2, "self_employed": 0.3, "unemployed": 0.9}
PURPOSE = {"car": -0.2, "debt": 0.4, "education": 0.1, "home": -0.3, "other": 0.2}
GROUP = {"A": 0.0, "B": 0.0}
REGION = {f"R{number:03d}": round(0.25 * math.cos(2.4 * number), 3) for number in range(400)}
CHANNEL = {"branch": 0.0, "online": 0.1, "broker": 0.3, "partner": -0.1, "staff": -0.6, "postal": 0.8}
RESIDENCE = {"owner": -0.3, "mortgage": -0.1, "rent": 0.1, "parents": 0.2, "other": 0.3}


@dataclass(frozen=True)
class DictionaryEntry:
    """One feature."""

    name: str
    meaning: str
    levels: Mapping[str, float] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)  # numbers that are no quantity
    missing: str = ""  # what a missing value means


_MONTHLY = [
    DictionaryEntry(
        f"{name}_{month}", f"{meaning} {month} months before the application", missing="the card is not used"
    )
    for name, meaning in (("balance", "card balance"), ("paid", "paid off the card"))
    for month in range(1, 7)
]

FEATURES: tuple[DictionaryEntry, ...] = (
    DictionaryEntry("age", "years at the application"),
    DictionaryEntry("employment", "kind of employment", EMPLOYMENT),
    DictionaryEntry(
        "income", "a year, before tax", missing="not stated; more often by the self-employed and under strain"
    ),
    DictionaryEntry("savings", "in this bank"),
    DictionaryEntry("debt_to_income", "share of the income that debts take"),
    DictionaryEntry("utilisation", "share of all credit limits that is drawn"),
    DictionaryEntry("file_age", "years since the first entry at the bureau"),
    DictionaryEntry("accounts", "open accounts at the bureau"),
    DictionaryEntry("inquiries", "at the bureau in the last 12 months"),
    DictionaryEntry("delinquencies", "late payments in the last 24 months"),
    DictionaryEntry("months_since_delinquency", "since the last late payment", missing="no late payment"),
    DictionaryEntry("purpose", "of the loan", PURPOSE),
    DictionaryEntry(
        "score",
        "of the bureau, 300 to 850",
        codes={-9: "no file at the bureau", -8: "no account that can be scored", -7: "file blocked by its owner"},
    ),
    DictionaryEntry(
        "trades_90d",
        "accounts that were 90 days late or more",
        codes={96: "not reported", 98: "in dispute"},
    ),
    DictionaryEntry(
        "months_since_inquiry", "since the last inquiry, 0 to 11", codes={999: "no inquiry in the last 12 months"}
    ),
    DictionaryEntry("region", "of the borrower; odd numbers have more of group B", REGION),
    DictionaryEntry("channel", "of the application; staff and postal are rare", CHANNEL),
    DictionaryEntry("months_employed", "with the present employer", missing="retired or unemployed"),
    DictionaryEntry("payment_ratio", "share of the last card bill that was paid", missing="the card is not used"),
    DictionaryEntry(
        "balance_trend", "log-ratio of the card balances 1 and 6 months before", missing="the card is not used"
    ),
    DictionaryEntry("months_on_book", "as a customer of this bank"),
    DictionaryEntry("peak_utilisation", "the highest utilisation of the last 6 months"),
    DictionaryEntry("returned_payments", "direct debits that bounced in the last 12 months"),
    DictionaryEntry("residence", "kind of residence", RESIDENCE, missing="not stated; more often under strain"),
    DictionaryEntry("dependants", "persons who live on the income"),
    *_MONTHLY,
    DictionaryEntry("cash_advances", "cash drawn by card in the last 3 months, times"),
    DictionaryEntry("overdraft_days", "days overdrawn in the last month"),
    DictionaryEntry("branch_distance", "kilometres to the nearest branch"),
)

LEVELS: Mapping[str, Mapping[str, float]] = {
    "group": GROUP,
    **{entry.name: entry.levels for entry in FEATURES if entry.levels},
}
LEAKS = {
    "collections_amount": "collected after the default: known too late to score with",
    "written_off": "a near-copy of the outcome: known too late to score with",
}


def features(count: int) -> tuple[DictionaryEntry, ...]:
    """The first `count` features."""
    return FEATURES[:count]
