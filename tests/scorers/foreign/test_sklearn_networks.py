"""scikit-learn's network as a graph and back: its own answer before, and of fewer neurons after."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.neural_network import MLPClassifier

from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import traced_graph, units_of, without_units
from riskmodel.scorers.foreign.memory_network import ROWS
from riskmodel.scorers.foreign.sklearn_networks import classifier_network

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] + X[:, 1] ** 2 > 0.5, "bad", "good")


def fitted(y=Y, frame=False, **options):
    model = MLPClassifier((5, 4), max_iter=3, random_state=0, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(pd.DataFrame(X, columns=list("abc")) if frame else X, y)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_the_graph_is_the_model(activation):
    model = fitted(activation=activation)
    network = classifier_network(model)
    pd_bad = expit(traced_graph(network.graph, {ROWS: X}).margin)
    np.testing.assert_allclose(pd_bad, model.predict_proba(X)[:, 1], atol=1e-12)


@pytest.mark.parametrize("frame", [True, False])
def test_its_own_answer_is_asked_under_its_own_names(frame):
    model = fitted(frame=frame)
    network = classifier_network(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = network.answer(model, X)
    due = model.predict_proba(pd.DataFrame(X, columns=list("abc")) if frame else X)[:, 1]
    np.testing.assert_array_equal(answer, due)


def test_what_is_rebuilt_is_of_its_class_with_fewer_neurons_and_the_first_stays():
    model = fitted()
    network = classifier_network(model)
    units = units_of(network.graph)
    gone = {int(layer.units[0]) for layer in units.layers}
    small = without_units(network.graph, units, gone)
    made = network.rebuilt(small)
    assert isinstance(made, MLPClassifier)
    assert made.hidden_layer_sizes == (4, 3)
    assert model.hidden_layer_sizes == (5, 4)
    due = expit(traced_graph(small, {ROWS: X}).margin)
    np.testing.assert_allclose(made.predict_proba(X)[:, 1], due, atol=1e-12)
    assert made.predict(X).shape == (60,)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (MLPClassifier, "an MLPClassifier must be fitted, however: this one is not"),
        (lambda: fitted(np.arange(60) % 3), "an MLPClassifier must have two classes, however: 3"),
    ],
)
def test_what_is_not_fitted_or_has_more_classes_is_refused(model, why):
    with pytest.raises(UnsupportedScorer, match=why):
        classifier_network(model())
