"""What boosters of every library promise together: their size, their own file, their search, and their saved files."""

import json
from dataclasses import replace

import lightgbm
import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn
from sklearn.metrics import log_loss

from riskmodel import scorers
from riskmodel.core import Calibration, Development, Targets
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.scorers.base.boosting import Lesson, best
from riskmodel.stats.forward import forward

BOOSTERS = ("lgbm", "xgb", "catboost", "ebm")

every = pytest.mark.parametrize("kind", BOOSTERS)


def nodes_of(tree):
    """The nodes of a tree in LightGBM's own dump."""
    yield tree
    for side in ("left_child", "right_child"):
        if side in tree:
            yield from nodes_of(tree[side])


def test_size_is_what_lightgbms_own_dump_counts(fitted):
    scorer = fitted("lgbm")
    dumped = lightgbm.Booster(model_str=scorer.model.decode()).dump_model()["tree_info"]
    nodes = [node for tree in dumped for node in nodes_of(tree["tree_structure"])]
    splits = [node for node in nodes if "split_feature" in node]
    size = scorer.complexity()
    assert (size.trees, size.nodes, size.leaves) == (len(dumped), len(nodes), len(nodes) - len(splits))
    assert size.parameters == size.connections == size.leaves + 2 * len(splits)
    assert size.features == len({node["split_feature"] for node in splits})


def test_a_leaf_of_zero_is_a_parameter_and_no_connection(fitted):
    scorer = fitted("lgbm")
    first, *rest = scorer.ensemble.trees
    value = first.value.copy()
    value[np.flatnonzero(first.is_leaf)[:2]] = 0.0
    silent = scorer.with_ensemble(replace(scorer.ensemble, trees=(replace(first, value=value), *rest)))
    before, after = scorer.complexity(), silent.complexity()
    assert after.parameters == before.parameters
    assert after.connections == before.connections - 2


@every
def test_alone_its_librarys_file_gives_the_calibrated_pds_under_the_features_names(kind, fitted, fresh):
    scorer = fitted(kind)
    alone = scorer.standalone()
    assert alone.calibration == Calibration()
    assert list(alone.native_names) == [column.name for column in FEATURES]
    np.testing.assert_allclose(alone.native_pd(fresh.matrix), scorer.score(fresh), rtol=2e-6, atol=1e-12)


def test_two_names_that_the_library_would_spell_alike_make_no_file(fitted):
    first, second, *rest = FEATURES
    twins = (replace(first, name="a b"), replace(second, name="a:b"), *rest)
    with pytest.raises(RiskModelError, match="columns 'a b' and 'a:b' must differ"):
        replace(fitted("lgbm"), features=twins).standalone()


@every
def test_every_threshold_is_a_split_point_and_so_is_zero(kind, fitted):
    scorer = fitted(kind)
    asked = {}
    for tree in scorer.ensemble.trees:
        for place, threshold in zip(tree.feature.tolist(), tree.threshold.tolist(), strict=True):
            if place >= 0:
                asked.setdefault(place, {0.0}).add(threshold)
    assert {place: set(points) for place, points in scorer.split_points().items()} == asked
    assert set(scorer.read_features) == set(asked)


@every
def test_without_the_features_that_no_split_reads_the_margins_are_the_same(kind, fitted, fresh):
    scorer = fitted(kind)
    trees = tuple(tree for tree in scorer.ensemble.trees if 4 not in tree.used_features)
    quiet = scorer.with_ensemble(replace(scorer.ensemble, trees=trees))
    places = (3, *(place for place in quiet.read_features if place != 3))
    few = quiet.narrowed(places)
    assert [column.name for column in few.features] == [FEATURES[place].name for place in places]
    np.testing.assert_array_equal(few.raw_margin(fresh.matrix[:, places]), quiet.raw_margin(fresh.matrix))


@every
def test_its_files_are_refused_where_they_do_not_fit_one_another(kind, fitted):
    scorer = fitted(kind)
    files = dict(scorer.files())
    with pytest.raises(BundleError, match=r"the model has 5 features, however: the manifest 4"):
        scorers.load(kind, FEATURES[:4], Calibration(), files)
    saved = json.loads(files["recipe.json"])
    odd = {**saved, "options": {**saved["options"], "trees": 3}}
    for broken in (b"{", b"[]", b'{"seed": 1}', json.dumps(odd).encode()):
        with pytest.raises(BundleError, match=r"^recipe\.json is damaged: ") as refused:
            scorers.load(kind, FEATURES, Calibration(), {**files, "recipe.json": broken})
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", ["lgbm", "xgb"])
def test_a_student_has_at_most_the_leaves_that_it_may_have(kind, fitted, development):
    teacher = fitted(kind)
    targets = Targets(teacher.score(development.train), teacher.score(development.tune))
    student = teacher.student(development, targets, 24, sizes=(8,))
    assert student.ensemble.n_leaves <= 24
    assert max(tree.n_leaves for tree in student.ensemble.trees) <= 8
    assert (
        np.corrcoef(student.raw_margin(development.tune.matrix), teacher.raw_margin(development.tune.matrix))[0, 1]
        > 0.7
    )


def test_the_best_is_judged_by_the_weights_of_tune():
    """Two rivals, each fitted on one half of the book; the half that counts decides."""
    train, tune = drawn(700, 21), drawn(410, 22)
    flipped = replace(train, default=(1 - train.default).astype(np.int8))
    recipe = scorers.recipe("lgbm", {**QUICK["lgbm"], "rounds": 5, "patience": 5})
    upright, turned = (recipe.train(Development(one, tune), FEATURES, 1) for one in (train, flipped))

    class Given:
        def __init__(self, scorer):
            self.scorer = scorer

        def learn(self, *_):
            return self.scorer

    margins = {one: one.native_margin(tune.matrix) for one in (upright, turned)}
    suits_turned = (margins[turned] > margins[upright]) == (tune.default == 1)
    for heavy, winner in ((suits_turned, turned), (~suits_turned, upright)):
        weighed = replace(tune, weight=np.where(heavy, 1000.0, 1e-3))
        assert best([Given(upright), Given(turned)], Development(train, weighed), FEATURES, 1) is winner


def test_of_equals_the_first_is_kept(development):
    recipe = scorers.recipe("lgbm", {**QUICK["lgbm"], "rounds": 3})
    fitted = []

    class Noted:
        def learn(self, lesson, seed):
            fitted.append(recipe.learn(lesson, seed))
            return fitted[-1]

    assert best([Noted(), Noted()], development, FEATURES, 1) is fitted[0]


def test_out_of_time_a_search_fits_what_it_chose_on_all_rows():
    train, tune = drawn(1200, 31), drawn(500, 32)
    development = Development(train, tune, out_of_time=True)
    then, ticks = forward(development), []
    recipe = scorers.recipe("lgbm", {**QUICK["lgbm"], "rounds": 8, "search": 3})
    chosen = recipe.fit(development, FEATURES, 4, lambda: ticks.append(1))
    assert len(ticks) == recipe.ticks == 3
    rivals = [one.learn(Lesson(then.earlier, FEATURES), 4) for one in recipe.drawn(4)]
    losses = np.array([then.losses(one.native_margin(then.later.matrix)) for one in rivals])
    overall = [log_loss(then.later.default, one.native_pd(then.later.matrix)) for one in rivals]
    np.testing.assert_allclose(
        [np.average(row, weights=[len(of) for of in then.periods]) for row in losses], overall, rtol=1e-9
    )
    again = chosen.recipe.train(development, FEATURES, 4)
    assert again.model == chosen.model
    assert chosen.recipe in recipe.drawn(4)
