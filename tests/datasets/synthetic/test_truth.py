import math
from typing import Any

import numpy as np
import pytest

from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic import World


def slow_margin(loan: dict[str, Any], world: World) -> float:
    """The documented formula, one loan at a time, from the table as a user sees it."""
    months = 12 * (loan["vintage"].year - 2019) + loan["vintage"].month - 1
    margin = slow_core(loan) + (world.gap if loan["group"] == "B" else 0) + world.drift * months / 59
    margin += world.intercept
    if world.features >= 23:
        margin += slow_bureau(loan) + slow_relation(loan)
    if world.features == 40:
        margin += {"owner": -0.3, "mortgage": -0.1, "rent": 0.1, "parents": 0.2, "other": 0.3, None: 0.3}[
            loan["residence"]
        ]
        margin += 0.4 if loan["dependants"] >= 3 and loan["debt_to_income"] > 0.4 else 0
        margin += 0.25 * min(loan["cash_advances"], 3) if loan["utilisation"] > 0.5 else 0
        margin += 0.5 if loan["overdraft_days"] > 10 else 0
    return margin


def slow_core(loan: dict[str, Any]) -> float:
    unstable = loan["employment"] in ("self_employed", "unemployed")
    recent = loan["months_since_delinquency"] is not None and loan["months_since_delinquency"] < 6
    return (
        -2.95
        + 0.8 * loan["utilisation"]
        + (0.7 if loan["utilisation"] > 0.8 else 0)
        + 0.4 * min(loan["delinquencies"], 4)
        + 0.15 * min(loan["inquiries"], 6)
        + (0.5 if loan["income"] is None else -0.5 * math.log(loan["income"] / 40_000))
        + (0.8 if recent else 0)
        + (1.0 if loan["debt_to_income"] > 0.4 and unstable else 0)
        + (0.5 if loan["inquiries"] >= 3 and loan["utilisation"] > 0.5 else 0)
        - 0.04 * min(loan["file_age"], 15)
        - 0.1 * math.log1p(loan["savings"] / 1000)
        + (0.4 if loan["age"] < 25 else 0)
        + synthetic.EMPLOYMENT[loan["employment"]]
        + synthetic.PURPOSE[loan["purpose"]]
    )


def slow_bureau(loan: dict[str, Any]) -> float:
    of_score = {-9: 0.4, -8: 0.2, -7: 0.7}
    of_trades = {96: 0.1, 98: 0.8}
    margin = of_score.get(loan["score"], -0.003 * (min(max(loan["score"], 450), 750) - 640))
    margin += of_trades.get(loan["trades_90d"], 0.3 * min(loan["trades_90d"], 3) - 0.1)
    margin += 0.3 if loan["months_since_inquiry"] < 2 else 0
    return margin + round(0.25 * math.cos(2.4 * int(loan["region"][1:])), 3)


def slow_relation(loan: dict[str, Any]) -> float:
    channel = {"branch": 0, "online": 0.1, "broker": 0.3, "partner": -0.1, "staff": -0.6, "postal": 0.8}
    worked, ratio, trend = loan["months_employed"], loan["payment_ratio"], loan["balance_trend"]
    return (
        channel[loan["channel"]]
        + (0 if worked is None else 0.3 - 0.01 * min(worked, 60))
        + (-0.5 if ratio is None else (0.6 if ratio < 0.05 else 0) - 0.5 * min(ratio, 0.4) - 0.3)
        + (0.6 if trend is not None and trend > 0.15 and loan["utilisation"] > 0.5 else 0)
        + (0.3 if 6 <= loan["months_on_book"] < 24 else -0.1)
        + (0.4 if loan["peak_utilisation"] > 0.95 else 0)
        + 0.3 * min(loan["returned_payments"], 2)
    )


@pytest.mark.parametrize(
    "world",
    [World(), World(gap=0.7), World(23, drift=-0.9), World(40, 0.3, 0.6, returning=0.3, duplicates=0.1, intercept=-1)],
)
def test_the_true_pd_is_the_documented_formula_of_what_the_table_shows(world):
    table = synthetic.portfolio(1500, seed=4, world=world)
    expected = [1 / (1 + math.exp(-slow_margin(loan, world))) for loan in table.to_pylist()]
    np.testing.assert_allclose(table["true_pd"].to_numpy(), expected, rtol=1e-12)
    np.testing.assert_allclose(synthetic.true_pd(table, world), expected, rtol=1e-12)


def test_a_changed_column_has_its_true_pd_too():
    table = synthetic.portfolio(500, seed=2)
    cut = table.set_column(table.column_names.index("delinquencies"), "delinquencies", [np.zeros(500, np.int32)])
    assert (synthetic.true_pd(cut) <= table["true_pd"].to_numpy() * (1 + 1e-12)).all()
    assert (synthetic.true_pd(cut) < table["true_pd"].to_numpy()).any()


def test_the_pd_of_the_recorded_outcome_is_that_of_two_ways_to_be_recorded_bad():
    assert synthetic.observed_pd(np.array([0.0, 0.2, 1.0]), 0.1) == pytest.approx([0.1, 0.2 * 0.9 + 0.8 * 0.1, 0.9])
