import numpy as np
import pytest
from samples import FEATURES, QUICK, drawn
from scipy.optimize import minimize
from scipy.special import expit

from riskmodel import scorers
from riskmodel.core import Calibration
from riskmodel.core.work import PRICES
from riskmodel.errors import BundleError, ConfigError, UnsupportedScorer
from riskmodel.explanation.attributions import HasContributions
from riskmodel.scorers.blend import BlendRecipe
from riskmodel.stats.log_odds import weights_of

MIXED = BlendRecipe(of=[{"kind": "scorecard"}, {"kind": "mlp", "options": QUICK["mlp"]}])


@pytest.fixture(scope="module")
def mixed(development):
    return MIXED.fit(development, FEATURES, seed=5)


def test_weights_are_the_best_that_are_not_negative():
    """The oracle: another method, with the bound by squaring."""
    random = np.random.default_rng(0)
    margins = random.normal(size=(600, 3)) @ np.array([[1, 0.8, 0.2], [0, 0.5, 0], [0, 0, 1]])
    default = (random.random(600) < expit(margins[:, 0] - 0.6 * margins[:, 2])).astype(np.int8)

    def loss(b):
        margin = b[0] + margins @ b[1:] ** 2
        return np.mean(np.logaddexp(0, margin) - margin * default)

    starts = ([0, 1, 1, 0.1], [0.1, 0.2, 1, 1])
    want = min(
        (minimize(loss, s, method="Nelder-Mead", options={"maxiter": 4000}) for s in starts), key=lambda r: r.fun
    )
    intercept, weights = weights_of(margins, default)
    np.testing.assert_allclose([intercept, *weights], [want.x[0], *want.x[1:] ** 2], atol=2e-3)
    assert weights[2] == 0


def test_it_is_the_weighted_sum_of_its_members_and_no_worse_on_tune(mixed, development, fresh):
    parts = [member.raw_margin(fresh.matrix) for member in mixed.members]
    want = mixed.intercept + mixed.weights[0] * parts[0] + mixed.weights[1] * parts[1]
    np.testing.assert_allclose(mixed.raw_margin(fresh.matrix), want, rtol=1e-12)

    def loss(scorer):
        margin = scorer.raw_margin(development.tune.matrix)
        return np.mean(np.logaddexp(0, margin) - margin * development.tune.default)

    assert loss(mixed) <= min(loss(member) for member in mixed.members) + 1e-9


def test_its_reasons_are_exact_where_those_of_all_members_are(fitted, mixed, fresh):
    explained = fitted("blend")
    assert isinstance(explained, HasContributions)
    sums = explained.contributions(fresh.matrix).sum(axis=1)
    np.testing.assert_allclose(sums, explained.raw_margin(fresh.matrix), atol=1e-9)
    assert not isinstance(mixed, HasContributions)


def test_complexity_adds_up(mixed):
    whole, parts = mixed.complexity(), [member.complexity() for member in mixed.members]
    assert whole.work == pytest.approx(sum(part.work for part in parts) + 2 * PRICES.multiply_add)
    assert whole.parameters == sum(part.parameters for part in parts) + 3
    assert whole.neurons == parts[1].neurons


def test_each_member_keeps_its_own_files(mixed):
    names = set(mixed.files())
    assert {"blend.json", "0.scorecard.json", "1.network.npz", "1.encoding.npz", "1.recipe.json"} == names


@pytest.mark.parametrize("name", ["blend.json", "0.scorecard.json", "1.network.npz"])
def test_a_file_that_is_missing_or_damaged_is_told(mixed, name):
    files = dict(mixed.files())
    for broken in ({k: v for k, v in files.items() if k != name}, {**files, name: b"{}"}):
        with pytest.raises(BundleError):
            scorers.load("blend", FEATURES, Calibration(), broken)


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ([{"options": {}}], r"of.0: a member has a kind and options, however: kind is missing"),
        ([{"kind": "lgbm", "weight": 1}], r"of.0: a member has a kind and options, however: weight is unknown"),
        ([{"kind": "lightgbm"}], r"kind must be among .*, however: 'lightgbm'"),
        ([{"kind": "scorecard"}, {"kind": "mlp", "options": {"layers": 2}}], r"of.1.options.layers: unknown key"),
        ([], "must have at least 1, however"),
    ],
)
def test_a_member_that_cannot_be_is_told_before_anything_is_fitted(of, message):
    with pytest.raises(ConfigError, match=message):
        scorers.recipe("blend", {"of": of})


def test_a_blend_with_a_scorecard_has_no_smaller_size(mixed, development):
    with pytest.raises(UnsupportedScorer, match="a scorecard has no size"):
        mixed.refit(development, FEATURES, 0.5)


def test_a_blend_may_hold_a_blend(development):
    inner = {"kind": "blend", "options": {"of": [{"kind": "scorecard"}, {"kind": "simple", "options": {"terms": 2}}]}}
    nested = BlendRecipe(of=[inner, {"kind": "scorecard"}]).fit(development, FEATURES, seed=1)
    again = scorers.load("blend", FEATURES, nested.calibration, nested.files())
    rows = drawn(60, 4).matrix
    np.testing.assert_array_equal(again.raw_margin(rows), nested.raw_margin(rows))
