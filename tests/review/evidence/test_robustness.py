"""How sturdy each side is: inputs are spoilt alike for both, and what cannot be asked says why."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from riskmodel.core import Column, Kind
from riskmodel.evaluation.robustness import robustness, slices, small_changes, stress_inputs
from riskmodel.review.evidence.robustness import NO_SEEDS, NO_TRAIN, NOT_ALIKE, sturdy
from riskmodel.review.evidence.subject import Fitted


def of(entries, method):
    return {entry.whom: entry.evidence for entry in entries if entry.evidence.method is method}


@pytest.fixture
def given(subject):
    return subject(rows=900, seed=2)


def test_small_changes_are_asked_of_both_and_of_the_change_without_outcomes(subject, limits):
    entries = list(sturdy(subject(rows=300, default=None), limits))
    assert [(entry.whom, entry.evidence.method) for entry in entries] == [
        ("champion", small_changes.SMALL_CHANGES),
        ("challenger", small_changes.SMALL_CHANGES),
        ("change", small_changes.EXCESS_SMALL_CHANGES),
    ]


def test_with_outcomes_every_figure_is_there_once_for_each(given, limits):
    entries = list(sturdy(given, limits))
    for method, whose in (
        (robustness.DECAY, {"champion", "challenger"}),
        (robustness.EXCESS_DECAY, {"change"}),
        (robustness.OVERFIT, {"challenger"}),
        (robustness.SEED_SPREAD, {"champion"}),
        (slices.WEAK_SLICES, {"champion", "challenger"}),
    ):
        assert set(of(entries, method)) == whose


@pytest.mark.parametrize("amount", [0.1, 0.3])
def test_decay_is_the_auc_that_spoilt_inputs_cost(amount, given, limits):
    [made] = of(sturdy(given, limits, seed=3), robustness.DECAY)["champion"].tables
    by_name = {row[0]: row[made.columns.index("value")] for row in made.rows}
    side = given.champion
    noisy = stress_inputs.noise(side.matrix, side.scorer.features, amount, 3)
    lost = roc_auc_score(given.default, side.pd) - roc_auc_score(given.default, side.scorer.pd(noisy))
    assert by_name[f"noise of {amount} sd"] == pytest.approx(lost)


def test_the_seed_of_the_spoilt_inputs_is_the_one_that_is_given(given, limits):
    one, same, other = (of(sturdy(given, limits, seed), robustness.DECAY)["champion"] for seed in (1, 1, 2))
    assert one == same
    assert one.tables != other.tables


def test_a_challenger_with_its_columns_in_another_order_is_spoilt_in_the_same_cells(given, limits):
    side, order = given.challenger, [2, 0, 1]
    features = tuple(side.scorer.features[i] for i in order)

    class Second(type(side.scorer)):
        def raw_margin(self, matrix):
            return super().raw_margin(matrix[:, [1]])

    turned = replace(
        side, matrix=side.matrix[:, order], scorer=Second(features, side.scorer.calibration, side.scorer.slope)
    )
    plain = of(sturdy(given, limits), robustness.DECAY)["challenger"]
    again = of(sturdy(replace(given, challenger=turned), limits), robustness.DECAY)["challenger"]
    assert again.value == plain.value
    assert again.tables == plain.tables


@pytest.mark.parametrize(
    "other",
    [Column("wealth"), Column("income", kind=Kind.CATEGORICAL, categories=("a", "b")), Column("income", source="x")],
)
def test_columns_that_mean_something_else_are_not_spoilt_alike(other, given, limits):
    side = given.challenger
    features = (side.scorer.features[0], other, side.scorer.features[2])
    changed = replace(given, challenger=replace(side, scorer=replace(side.scorer, features=features)))
    entries = list(sturdy(changed, limits))
    for method in (robustness.DECAY, robustness.EXCESS_DECAY):
        assert [evidence.reason for evidence in of(entries, method).values()] == [NOT_ALIKE]


def test_what_is_not_at_hand_is_said(given, limits):
    entries = list(sturdy(given, limits))
    assert of(entries, robustness.OVERFIT)["challenger"].reason == NO_TRAIN
    assert of(entries, robustness.SEED_SPREAD)["champion"].reason == NO_SEEDS


def test_overfit_and_spread_are_made_where_train_and_seeds_are_at_hand(given, limits):
    draw = np.random.default_rng(0)
    again = tuple(np.clip(given.champion.pd + draw.normal(0, 0.01, 900), 0.001, 0.999) for _ in range(3))
    then, order = 1 - given.default[:400], np.arange(400)[::-1]
    train = Fitted(then, given.challenger.pd[order])
    entries = list(sturdy(replace(given, fitted=train, reseeded=again), limits))
    lost = roc_auc_score(then, train.pd) - roc_auc_score(given.default, given.challenger.pd)
    assert of(entries, robustness.OVERFIT)["challenger"].value == pytest.approx(lost)
    assert of(entries, robustness.SEED_SPREAD)["champion"].value is not None
