"""A compiled form as bytes: what was saved is what is loaded, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
from random_trees import random_ensemble, trying

from riskmodel.ensemble.compiled import CompiledTrees, compile_trees, sha256_of
from riskmodel.errors import BundleError


@pytest.fixture
def ensemble():
    return random_ensemble(7, "lightgbm", trees=9)


def test_what_was_saved_scores_as_before(ensemble):
    rows = trying(ensemble, 700)
    loaded = CompiledTrees.from_bytes(compile_trees(ensemble).to_bytes(), sha256_of(ensemble))
    for count in (700, 3):
        np.testing.assert_array_equal(loaded.margins(rows[:count]), ensemble.margins(rows[:count]))
    assert loaded.to_bytes() == compile_trees(ensemble).to_bytes()


def test_the_form_of_another_ensemble_is_refused(ensemble):
    content = compile_trees(ensemble).to_bytes()
    with pytest.raises(BundleError, match="are of ensemble"):
        CompiledTrees.from_bytes(content, sha256_of(replace(ensemble, intercept=0.0)))


def test_a_byte_changed_anywhere_or_lost_is_refused(ensemble):
    content, sha256 = compile_trees(ensemble).to_bytes(), sha256_of(ensemble)
    for place in np.random.default_rng(0).integers(0, len(content), 300):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(BundleError):
            CompiledTrees.from_bytes(bytes(changed), sha256)
    for part in (b"", content[:10], content[:60], content[:-1], content + b"\0"):
        with pytest.raises(BundleError, match="damaged or of another version"):
            CompiledTrees.from_bytes(part, sha256)


def test_an_ensemble_is_known_by_all_that_its_margins_depend_on_and_by_no_more(ensemble):
    tree = next(t for t in ensemble.trees if len(t) > 3)
    at = ensemble.trees.index(tree)
    split = int(np.flatnonzero(~tree.is_leaf)[0])

    def edited(**arrays):
        trees = (*ensemble.trees[:at], replace(tree, **arrays), *ensemble.trees[at + 1 :])
        return sha256_of(replace(ensemble, trees=trees))

    moved = np.where(np.arange(len(tree)) == split, 0.125, tree.threshold)
    others = [
        edited(threshold=moved),
        edited(value=np.where(tree.is_leaf, tree.value + 1e-9, 0.0)),
        edited(default_left=~tree.default_left),
        edited(left=tree.right, right=tree.left),
        edited(missing=(tree.missing + 1) % 3),
        sha256_of(replace(ensemble, rules="xgboost")),
        sha256_of(replace(ensemble, n_features=4)),
        sha256_of(replace(ensemble, trees=ensemble.trees[::-1])),
    ]
    assert len({sha256_of(ensemble), *others}) == len(others) + 1
    assert edited(cover=tree.cover + 1) == sha256_of(ensemble)
