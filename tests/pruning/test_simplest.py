import numpy as np
import pytest

from riskmodel import pruning
from riskmodel.evaluation import auc


@pytest.mark.parametrize("kind", ["lgbm", "mlp"])
def test_few_terms_say_much_of_what_the_champion_says(kind, fitted, seen, fresh):
    champion, pruner = fitted(kind), pruning.make("simplest")
    simple = pruner.apply(pruner.plan(champion, seen, 0.9), champion, seen)
    assert simple.kind == "simple"
    assert len(simple.terms) <= 4
    assert np.corrcoef(simple.margin(fresh.matrix), champion.margin(fresh.matrix))[0, 1] > 0.75
    assert auc(fresh.default, simple.score(fresh)).value > 0.68


def test_keep_is_a_share_of_the_features(fitted, seen):
    plans = pruning.make("simplest", {"most": 3}).plans(fitted("lgbm"), seen, [0.9, 0.4, 0.1])
    assert [plan.values for plan in plans] == [(3.0,), (2.0,), (1.0,)]
