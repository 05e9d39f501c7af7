"""Trees in ONNX Runtime against our own walk, which is held to the libraries elsewhere."""

import numpy as np
import pytest
from native import TOLERANCE, table, trained
from random_trees import random_ensemble, trying

from riskmodel.onnx_export import Drawing, opened, tree_margin
from riskmodel.trees import TreeEnsemble

pytest.importorskip("onnxruntime")


def run(ensemble, rows, width="float64"):
    drawing = Drawing(ensemble.n_features, width)
    return opened(drawing.finished(tree_margin(drawing, "rows", ensemble)), ensemble.n_features).run(rows)


def singles(rows):
    with np.errstate(over="ignore"):
        return rows.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(12))
def test_every_double_is_decided_alike_at_and_beside_every_threshold(rules, seed):
    """Dead branches, all kinds of missing, zeros, infinities, odd codes."""
    ensemble = random_ensemble(seed, rules)
    rows = trying(ensemble, 1100, seed)
    np.testing.assert_array_equal(run(ensemble, rows), ensemble.margins(rows))


@pytest.mark.parametrize("rules", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("seed", range(12))
def test_every_single_is_decided_alike_by_a_model_in_single_precision(rules, seed):
    ensemble = random_ensemble(seed, rules)
    rows = singles(trying(ensemble, 1100, seed))
    np.testing.assert_array_equal(run(ensemble, rows, "float32"), ensemble.margins(rows))


def test_a_double_beside_a_threshold_may_be_decided_otherwise_once_it_is_rounded():
    """0.1 is no float32: the nearest one lies above it, and is not <= 0.1."""
    from random_trees import built

    node = {"feature": 0, "left": 1, "right": 2, "threshold": 0.1, "cover": 2.0}
    leaf = {"feature": -1, "cover": 1.0}
    tree = built([node, leaf, leaf], [2, 0, 0], [0.0, -1.0, 1.0], "lightgbm")
    ensemble = TreeEnsemble((tree,), 0.0, 1, "lightgbm")
    rows = np.array([[0.1], [0.0999], [0.1001]])
    assert ensemble.margins(rows).tolist() == run(ensemble, rows).tolist() == [-1, -1, 1]
    assert run(ensemble, rows, "float32").tolist() == [1, -1, 1]


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_it_says_what_the_library_says(library):
    ensemble, back = trained(library)
    rows, _ = table(500, seed=4)
    native = back(ensemble)
    np.testing.assert_allclose(run(ensemble, rows), native.margins(rows), atol=TOLERANCE[library], rtol=0)
    rows = singles(rows)
    np.testing.assert_allclose(run(ensemble, rows, "float32"), native.margins(rows), atol=2e-6, rtol=0)


def test_sets_of_large_codes_are_found():
    ensemble, _ = trained("lightgbm", trees=4)
    rows = np.column_stack([np.zeros(300), np.zeros(300), np.arange(300) * 700.0])
    np.testing.assert_array_equal(run(ensemble, rows), ensemble.margins(rows))


def test_an_ensemble_without_a_split_is_its_level():
    lone = random_ensemble(3, "lightgbm").keep_trees([])
    np.testing.assert_array_equal(run(lone, np.zeros((7, 3))), np.full(7, lone.intercept))
