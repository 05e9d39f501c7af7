"""Prunes a network that lives in memory, and gives back the same class; nothing is read, written or judged."""

from __future__ import annotations

import copy
import sys
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from riskmodel.core import Calibration, Column, Matrix, Scorer, check_keep, check_seed
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer
from riskmodel.networks.graph import HasGraph
from riskmodel.scorers import OnnxNetworkScorer, hold_network, network_scorer_of
from riskmodel.scorers.foreign.memory_network import MemoryNetwork, MemoryNetworkScorer, hold_memory
from riskmodel.workflows.prune import direction
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune.in_memory import checked_rows, outcome_of
from riskmodel.workflows.prune.network import network_pruner

NetworkModel = TypeVar("NetworkModel")


def prune_network(
    network: NetworkModel,
    X: Any,  # noqa: N803 - as scikit-learn spells it
    y: ArrayLike,
    *,
    keep: float,
    method: str = "neurons",
    criterion: str = "obs",
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
) -> NetworkModel:
    """A smaller network of the same class: a torch module, scikit-learn's MLPClassifier, or an ONNX model.

    Before anything is cut, the PDs that we read off the network are held against its own on up to 2,000 rows, to 1e-5;
    and so are those of the network that is given back. What is left is refitted to what the whole network summed;
    nothing is trained. Networks of Keras and TensorFlow come as ONNX.

    Parameters
    ----------
    network
        Fitted; it stays as it was. A torch module takes rows x columns and gives the log-odds, the PD or two classes;
        its layers are Linear, BatchNorm1d, activations and Dropout, in any order that torch.fx traces (residuals,
        concatenations and functions too). Or `onnx.ModelProto`, or the bytes of an ONNX file.
    X
        N x columns, numbers without missing values, best new to the network: an array or a DataFrame (by place).
    y
        N outcomes of two classes; the later one in sorted order is the bad.
    keep
        The share of the neurons, or of the weights, that stays.
    method
        neurons or weights.
    criterion
        What they are judged by: obs, magnitude, gradient, fisher, activity, variance, cosine, correlation, random,
        wanda; of weights also lamp, snip, sparsegpt.
    sample_weight
        N, 0 or more: for how many rows of the population each was drawn.
    seed
        Of the rows that the criterion looks at, and of those that set the level.

    Returns
    -------
    A network of the given one's class with the same forward and smaller layers.

    Raises
    ------
    RiskModelError, in one line that says what is wrong.

    Examples
    --------
    >>> small = riskmodel.prune_network(module, X_new, y_new, keep=0.25)  # doctest: +SKIP
    """
    check_keep(keep)
    pruner = network_pruner(method, criterion)
    matrix = _matrix(X)
    rows = checked_rows(matrix, outcome_of(y, _classes(network, y)), sample_weight)
    memory = _in_memory(network, matrix.shape[1])
    given = _scorer(network, memory, matrix)
    check_seed(seed)
    development = rows.development(given.features, np.random.default_rng(seed))
    direction.check(given, development.train, "the network")
    (cut,) = prune_path.cuts(given, pruner, development, [keep])
    made: NetworkModel = _given_back(network, memory, cut.scorer, matrix)
    return made


def _matrix(given: Any) -> Matrix:
    try:
        matrix = np.asarray(given, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"X must be numbers, however: {str(error)[:100]}") from error
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        shape = " x ".join(map(str, matrix.shape))
        raise DataError(
            f"X must be rows x columns of finite numbers, however: {shape}, {int((~np.isfinite(matrix)).sum())} not"
        )
    return matrix


def _classes(network: Any, y: ArrayLike) -> list[Any]:
    """The labels of a good and of a bad."""
    own = getattr(network, "classes_", None)
    labels = list(np.unique(np.asarray(y)) if own is None else own)
    if len(labels) != 2:
        raise DataError(f"y must have two classes, however: {len(labels)}")
    return labels


def _in_memory(network: Any, columns: int) -> MemoryNetwork | None:
    """What is read of an object; None of an ONNX model. Raises: UnsupportedScorer for another class."""
    if _onnx_bytes(network) is not None:
        return None
    torch, networks = sys.modules.get("torch"), sys.modules.get("sklearn.neural_network")
    if torch is not None and isinstance(network, torch.nn.Module):
        from riskmodel.scorers.foreign.torch_modules import module_network

        return module_network(network, columns)
    if networks is not None and isinstance(network, networks.MLPClassifier):
        from riskmodel.scorers.foreign.sklearn_networks import classifier_network

        return classifier_network(network)
    name = type(network).__name__
    hint = (
        "; export it to ONNX" if "keras" in type(network).__module__ or "tensorflow" in type(network).__module__ else ""
    )
    raise UnsupportedScorer(
        f"a network must be a torch module, an MLPClassifier, or an ONNX model or its bytes, however: {name}{hint}"
    )


def _onnx_bytes(network: Any) -> bytes | None:
    if isinstance(network, bytes):
        return network
    return bytes(network.SerializeToString()) if type(network).__name__ == "ModelProto" else None


def _scorer(network: Any, memory: MemoryNetwork | None, matrix: Matrix) -> Scorer:
    """The network as a scorer, held to its own answer. Raises: RiskModelError."""
    if memory is None:
        scorer = network_scorer_of(_onnx_bytes(network) or b"")
        if scorer.network.columns != matrix.shape[1]:
            raise DataError(f"X must be rows x {scorer.network.columns}, however: {matrix.shape[1]} columns")
        hold_network(scorer, matrix, "X")
        return scorer
    if memory.graph.sources[0].width != matrix.shape[1]:
        raise DataError(f"X must be rows x {memory.graph.sources[0].width}, however: {matrix.shape[1]} columns")
    hold_memory(memory, memory.given, memory.graph, matrix)
    features = tuple(Column(f"x{i}") for i in range(matrix.shape[1]))
    return MemoryNetworkScorer(features, Calibration(), memory.graph)


def _given_back(network: Any, memory: MemoryNetwork | None, scorer: Scorer, matrix: Matrix) -> Any:
    """An object of the given class, held to what was cut. Raises: RiskModelError where it scores otherwise."""
    if isinstance(scorer, OnnxNetworkScorer):
        hold_network(scorer, matrix, "X, cut")
        return (
            scorer.network.content if isinstance(network, bytes) else type(network).FromString(scorer.network.content)
        )
    if memory is None or not isinstance(scorer, HasGraph):
        raise RiskModelError(f"a {scorer.kind} scorer cannot be given back as a {type(network).__name__}")
    if scorer.graph is memory.graph:
        return copy.deepcopy(network)
    made = memory.rebuilt(scorer.graph)
    hold_memory(memory, made, scorer.graph, matrix)
    return made
