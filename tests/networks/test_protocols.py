"""Who has a network is known by what it can do, not by its kind."""

import pytest

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks import NetworkScorer, RewindableScorer, network_scorer


@pytest.mark.parametrize("kind", ["mlp", "neural"])
def test_networks_are_taken(kind, fitted):
    scorer = fitted(kind)
    assert network_scorer(scorer, "neurons") is scorer
    assert isinstance(scorer, RewindableScorer)


@pytest.mark.parametrize("kind", ["lgbm", "scorecard", "blend", "onnx", "simple"])
def test_others_are_refused_with_the_step_and_their_kind(kind, fitted):
    assert not isinstance(fitted(kind), NetworkScorer)
    with pytest.raises(
        UnsupportedScorer, match=rf"^neurons works on scorers with a network \(neural, mlp\), .*: {kind}$"
    ):
        network_scorer(fitted(kind), "neurons")


def test_a_scorer_of_ones_own_needs_the_methods_alone():
    class Own:
        kind = "own"
        network = None

        def with_network(self, network): ...
        def encoded(self, matrix): ...
        def fine_tune(self, network, development, epochs, how=None): ...

    own = Own()
    assert network_scorer(own, "weights") is own
    assert not isinstance(own, RewindableScorer)
