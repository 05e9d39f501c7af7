import numpy as np
import pytest
from samples import FEATURES

from riskmodel import pruning, scorers
from riskmodel.errors import UnsupportedScorer
from riskmodel.evaluation import auc


@pytest.mark.parametrize("kind", ["lgbm", "mlp"])
def test_few_terms_say_much_of_what_the_champion_says(kind, fitted, development, fresh):
    champion, pruner = fitted(kind), pruning.make("surrogate_scorecard")
    simple = pruner.apply(pruner.plan(champion, development, 0.9), champion, development)
    assert simple.kind == "simple"
    assert len(simple.terms) <= 4
    assert np.corrcoef(simple.margin(fresh.matrix), champion.margin(fresh.matrix))[0, 1] > 0.75
    assert auc(fresh.default, simple.score(fresh)).value > 0.68


def test_keep_is_a_share_of_the_features(fitted, development):
    plans = pruning.make("surrogate_scorecard", {"most": 3}).plans(fitted("lgbm"), development, [0.9, 0.4, 0.1])
    assert [plan.values for plan in plans] == [(3.0,), (2.0,), (1.0,)]


def test_a_champion_that_is_smaller_still_is_refused(development):
    tiny = scorers.recipe("simple", {"terms": 1, "max_bins": 2}).fit(development, FEATURES, seed=0)
    pruner = pruning.make("surrogate_scorecard")
    with pytest.raises(UnsupportedScorer, match=r"must be no larger than its teacher of \d+ numbers, however: \d+"):
        pruner.apply(pruner.plan(tiny, development, 0.9), tiny, development)
