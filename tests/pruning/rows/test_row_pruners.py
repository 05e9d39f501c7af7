"""Which rows stay, for what reason, and at what weight."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn

from riskmodel import pruning, scorers
from riskmodel.core import Development
from riskmodel.errors import PlanMismatch, RiskModelError
from riskmodel.pruning.algorithms.rows.near import nearness
from riskmodel.pruning.algorithms.rows.subset import reduced
from riskmodel.pruning.gradient_norm import gradient
from riskmodel.pruning.label_noise import suspected


@pytest.fixture(scope="module")
def scorer(development):
    return scorers.recipe("scorecard", {}).fit(development, FEATURES, seed=1)


def test_every_dropped_row_has_a_reason_and_no_kept_one_has(scorer, development):
    for name in ("random_rows", "recent_rows", "el2n", "duplicate_rows", "label_noise"):
        plan = pruning.make(name).plan(scorer, development, 0.6)
        assert all(plan.reasons[i] for i in plan.dropped)
        assert not any(plan.reasons[i] for i in plan.kept)


def test_random_rows_keep_each_class_and_each_tenth_of_time(scorer, development):
    plan = pruning.make("random_rows").plan(scorer, development, 0.3)
    train, kept = development.train, np.array(plan.kept)
    assert train.default[kept].mean() == pytest.approx(train.default.mean(), abs=0.01)
    tenths = np.argsort(np.argsort(train.days, kind="stable")) * 10 // len(train)
    assert np.bincount(tenths[kept]).min() > 0.25 * len(train) / 10


def test_the_latest_rows_stay_and_the_older_count_for_less(scorer, development):
    pruner = pruning.make("recent_rows", {"half_life_days": 100})
    plan, train = pruner.plan(scorer, development, 0.4), development.train
    kept = np.array(plan.kept)
    assert train.days[kept].min() >= train.days[list(plan.dropped)].max()
    weight = reduced(development, plan).train.weight
    age = (train.days.max() - train.days[kept]).astype(float)
    np.testing.assert_allclose(weight / weight[age == 0][0], 0.5 ** (age / 100))


def test_a_window_drops_what_keep_would_have_kept(scorer, development):
    plan = pruning.make("recent_rows", {"window_days": 200}).plan(scorer, development, 1.0)
    train = development.train
    assert (train.days.max() - train.days[list(plan.kept)]).max() < np.timedelta64(200, "D")
    assert all(plan.reasons[i].startswith("out of the window") for i in plan.dropped)
    assert plan.dropped


def test_rows_without_a_date_are_refused(scorer, development):
    blind = replace(development, train=replace(development.train, days=None))
    with pytest.raises(RiskModelError, match=r"recent_rows: needs the date of each row, however: data\.time"):
        pruning.make("recent_rows").plan(scorer, blind, 0.5)


@pytest.mark.parametrize("name", ["random_rows", "el2n"])
def test_too_few_bads_are_refused_in_one_line(name, scorer, development):
    with pytest.raises(RiskModelError, match=r"keep must leave at least 20 bads and as many goods .* however: 0\.01"):
        pruning.make(name).plan(scorer, development, 0.01)


def test_the_hardest_are_kept_and_the_very_hardest_skipped(scorer, development):
    hardest = pruning.make("el2n", {"how": "hardest"})
    scores, default = hardest.scores(scorer, development), development.train.default
    kept = np.zeros(len(default), bool)
    kept[list(hardest.plan(scorer, development, 0.5).kept)] = True
    for outcome in (0, 1):
        rows = default == outcome
        assert scores[rows & kept].min() >= scores[rows & ~kept].max()
    skipping = pruning.make("el2n", {"how": "hardest", "skip": 0.1}).plan(scorer, development, 0.5)
    top = np.argsort(-scores)[:20]
    assert not set(top.tolist()) & set(skipping.kept)
    assert skipping.reasons[top[0]] == "skipped as the hardest"


def test_a_draw_with_a_chance_keeps_the_level_of_risk_by_its_weights(scorer, development):
    plan = pruning.make("el2n").plan(scorer, development, 0.4)
    train = reduced(development, plan).train
    assert train.default.mean() > development.train.default.mean() + 0.05  # the rarer class is harder
    level = np.average(train.default, weights=train.weight)
    assert level == pytest.approx(development.train.default.mean(), abs=0.03)


def test_the_gradient_of_leaves_is_by_their_fisher_information(fitted, fresh):
    """Against the slow way: for each row and tree, the rows that share its leaf."""
    tree_scorer, part = fitted("lgbm"), fresh.take(np.arange(60))
    pd, leaves = tree_scorer.score(part), tree_scorer.ensemble.leaves(part.matrix)
    expected = [
        abs(pd[i] - part.default[i])
        * sum(1 / (pd * (1 - pd))[leaves[:, t] == leaves[i, t]].sum() for t in range(leaves.shape[1])) ** 0.5
        for i in range(60)
    ]
    np.testing.assert_allclose(gradient(tree_scorer, part), expected)


def test_the_gradient_of_a_network_is_that_of_its_last_layer(fitted, fresh):
    network, part = fitted("mlp"), fresh.take(np.arange(30))
    *_, last = network.network.hidden(network.encoded(part.matrix))
    norm = np.sqrt(1 + (last[:, 0].astype(float) ** 2).sum(axis=1))
    np.testing.assert_allclose(gradient(network, part), np.abs(network.score(part) - part.default) * norm, rtol=1e-5)


def test_twins_go_first_and_leave_their_weight(scorer, development):
    train = development.train
    twice = train.take(np.concatenate([np.arange(500), np.arange(100)]))
    both = Development(replace(twice, rows=np.arange(600), ids=None), development.tune)
    plan = pruning.make("duplicate_rows").plan(scorer, both, 500 / 600)
    assert all(row < 100 or row >= 500 for row in plan.dropped)
    assert len({row % 500 for row in plan.kept}) == 500  # of each pair one stays
    weight = np.array(plan.values)
    twins = np.array([row % 500 < 100 for row in plan.kept])
    np.testing.assert_allclose(weight[twins], 2 * weight[~twins][0])
    assert all(plan.reasons[row] == f"near {plan.units[(row + 500) % 1000]}" for row in plan.dropped)


def test_rows_of_two_outcomes_or_two_levels_are_never_near():
    matrix = np.zeros((4, 5))
    matrix[3, 2] = 1  # another level of the category
    near = nearness(matrix, FEATURES, np.array([0, 1, 0, 0], np.int8), np.arange(4.0))
    assert near.tier.tolist() == [0, 0, 4, 0]
    assert near.parent.tolist() == [-1, -1, 0, -1]


def test_the_confident_joint_is_that_of_the_paper():
    """Means: .7 of goods, .6 of bads. Of 4 goods 3 are confident, 1 of them crossed; of 3 bads 3, 1 crossed."""
    default = np.array([0, 0, 0, 0, 1, 1, 1], np.int8)
    pd = np.array([0.1, 0.1, 0.35, 0.65, 0.75, 0.9, 0.15])
    suspects = suspected(default, np.abs(pd - default))
    assert np.flatnonzero(suspects).tolist() == [3, 6]


def test_planted_noise_is_found_where_classes_lie_apart(scorer):
    random = np.random.default_rng(0)
    train = drawn(800, 1)
    default = (train.matrix[:, 1] + 0.2 * random.normal(size=800) > 0).astype(np.int8)
    turned = random.random(800) < 0.05
    noisy = replace(train, default=np.where(turned, 1 - default, default).astype(np.int8))
    tune = drawn(300, 2)
    tune = replace(tune, default=(tune.matrix[:, 1] > 0).astype(np.int8))
    plan = pruning.make("label_noise").plan(scorer, Development(noisy, tune), 0.5)
    dropped = turned[list(plan.dropped)]
    assert dropped.mean() > 0.5
    assert dropped.sum() > 0.5 * turned.sum()


def test_what_is_dropped_stays_dropped_for_later_steps(scorer, development):
    first = pruning.make("random_rows").plan(scorer, development, 0.5)
    rest = pruning.remaining(development, [first])
    assert rest.train.rows.tolist() == development.train.rows[list(first.kept)].tolist()
    assert rest.tune is development.tune
    with pytest.raises(PlanMismatch, match="other rows of train"):
        pruning.remaining(rest, [first])


def test_the_variant_is_the_recipe_on_the_kept_rows(scorer, development):
    pruner = pruning.make("random_rows")
    plan = pruner.plan(scorer, development, 0.5)
    alone = scorers.recipe("scorecard", QUICK["scorecard"]).fit(reduced(development, plan), FEATURES, seed=1)
    assert pruner.apply(plan, scorer, development).sha256 == alone.sha256
