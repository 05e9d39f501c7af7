"""scikit-learn's MLPClassifier as a graph, and back."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from riskmodel.core import Matrix, Vector
from riskmodel.errors import UnsupportedScorer
from riskmodel.networks.graph import Activation, Dense, Graph, GraphSource, Node
from riskmodel.scorers.foreign.memory_network import ROWS, MemoryNetwork, chain_widths

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier

ACTIVATION = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}


def classifier_network(model: MLPClassifier) -> MemoryNetwork:
    """A fitted classifier of two classes. Raises: UnsupportedScorer for one that is not fitted, or of more classes."""
    if not hasattr(model, "coefs_"):
        raise UnsupportedScorer("an MLPClassifier must be fitted, however: this one is not")
    if model.out_activation_ != "logistic" or len(model.classes_) != 2:
        raise UnsupportedScorer(f"an MLPClassifier must have two classes, however: {len(model.classes_)}")
    return MemoryNetwork(_graph(model), _answer, lambda graph: _rebuilt(model, graph), model)


def _graph(model: MLPClassifier) -> Graph:
    nodes, value = list[Node](), ROWS
    layers = list(zip(model.coefs_, model.intercepts_, strict=True))
    for i, (coef, intercept) in enumerate(layers):
        nodes.append(Dense(f"layer{i}", value, coef.T.astype(np.float64), intercept.astype(np.float64)))
        value = f"layer{i}"
        if i < len(layers) - 1 and model.activation in ACTIVATION:
            nodes.append(Activation(f"activation{i}", value, ACTIVATION[model.activation]))
            value = f"activation{i}"
    return Graph((GraphSource(ROWS, len(model.coefs_[0])),), tuple(nodes), value)


def _answer(model: Any, matrix: Matrix) -> Vector:
    rows = matrix.astype(model.coefs_[0].dtype)
    frame = _named(model, rows)
    pd: Vector = np.asarray(model.predict_proba(frame)[:, 1], np.float64)
    return pd


def _named(model: Any, rows: Any) -> Any:
    """With the names that it was fitted with, where there were any."""
    if not hasattr(model, "feature_names_in_"):
        return rows
    import pandas as pd

    return pd.DataFrame(rows, columns=model.feature_names_in_)


def _rebuilt(model: MLPClassifier, graph: Graph) -> MLPClassifier:
    """A copy; what the optimiser remembered of the weights that are gone is gone too."""
    made, kind = copy.deepcopy(model), model.coefs_[0].dtype
    made.coefs_ = [np.ascontiguousarray(node.weight.T.astype(kind)) for node in graph.dense_layers]
    made.intercepts_ = [node.bias.astype(kind) for node in graph.dense_layers]
    vars(made).pop("_optimizer", None)
    made.set_params(hidden_layer_sizes=chain_widths(graph))
    return made
