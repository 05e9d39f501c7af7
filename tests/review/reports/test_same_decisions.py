"""What is said of a model that decides alike: the line, the price, and why it is not confirmed."""

from dataclasses import replace

import pytest
from plain_words import plain
from scipy.stats import beta
from stand_in_decisions import decision_point, stand_in_decisions

from riskmodel.review.reports.same_decisions import Everyone, point_rows
from riskmodel.trees.worst_case import DecisionProof


def test_what_was_reached_is_one_line_with_the_exact_bound():
    lower = beta.ppf(0.05, 4_997, 4)  # Clopper and Pearson for 4,997 of 5,000
    assert plain(stand_in_decisions().reached) == (
        "cut@0.25: 250 of 1,000 leaves, 25 of 100 trees; on test 3 of 5,000 decisions turn, 99.9400 % alike "
        f"(lower bound {100 * lower:.4f} %, asked 99.8000 %); every possible applicant whose given PD is below "
        "0.1500 or above 0.2600 is decided alike: 91.3 % of the test rows."
    )


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (None, "every possible applicant is decided alike"),
        (1_200, "every possible applicant is decided alike (1,200 kinds, each scored)"),
    ],
)
def test_a_proof_for_everyone_says_how(kinds, said):
    assert Everyone(DecisionProof(0.0, kinds, everyone=True), 0.2, 0.2, 1.0).statement == said


@pytest.mark.parametrize(
    ("share", "price"),
    [
        (
            0.998,
            "On selection 99.8000 % alike takes 250 of 1,000 leaves; 500 leaves decide 99.960 % alike.",
        ),
        (
            0.9999,
            "On selection 99.9900 % alike is reached by no smaller size of 1,000 leaves; 500 leaves decide",
        ),
        (0.9, "On selection 90.0000 % alike takes 100 of 1,000 leaves;"),
    ],
)
def test_the_price_of_the_share_asked(share, price):
    assert plain(stand_in_decisions(share=share).price).startswith(price)


def test_where_nothing_is_half_as_large_half_is_not_spoken_of():
    points = (decision_point("given", 1_000), decision_point("cut@0.6", 600))
    assert plain(stand_in_decisions(points=points).price) == "On selection 99.8000 % alike takes 600 of 1,000 leaves."


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"share": 1}, "of no smaller model it is proved for every possible applicant"),
        ({"share": 0.9995}, "test has 5,000 rows, and without a turned decision 5,990 are needed"),
        ({"asked": ()}, "on selection no smaller size is likely to be shown"),
        ({}, "the lower bound on test is 99.84"),
    ],
)
def test_why_it_is_not_confirmed(changes, why):
    made = stand_in_decisions(confirmed=False, **changes)
    assert why in made.not_confirmed
    assert made.reached.endswith(made.not_confirmed)
    assert "NOT CONFIRMED" not in replace(made, confirmed=True).reached


def test_rows_for_a_program_count_both_ways_to_turn():
    _, _, row, _ = point_rows(stand_in_decisions().points)
    assert {key: row[key] for key in ("turned", "newly_approved", "newly_declined", "rows", "leaves", "trees")} == {
        "turned": 5, "newly_approved": 2, "newly_declined": 3, "rows": 5_000, "leaves": 250, "trees": 25,
    }  # fmt: skip
    assert row["alike_low"] < row["alike"] == pytest.approx(0.999)
