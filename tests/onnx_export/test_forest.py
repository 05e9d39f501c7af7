"""Trees as ONNX's arrays against their slow definition: question after question, a row at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.onnx_export import ROWS, Drawing, opened
from riskmodel.onnx_export.forest import ForestSplit, Leaf, Mode, sums

pytest.importorskip("onnxruntime")
COLUMNS = 3
NUMBERS = st.sampled_from([-2.0, -0.5, 0.0, 0.5, 1.0, 3.0])

leaves = st.builds(Leaf, NUMBERS, st.integers(0, 1))


def splits(children):
    ordered = st.builds(
        ForestSplit,
        st.integers(0, COLUMNS - 1),
        st.sampled_from([Mode.AT_MOST, Mode.BELOW]),
        NUMBERS,
        st.booleans(),
        st.just(()),
        children,
        children,
    )
    codes = st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True).map(lambda some: tuple(sorted(some)))
    member = st.builds(
        ForestSplit,
        st.integers(0, COLUMNS - 1),
        st.just(Mode.MEMBER),
        st.just(0.0),
        st.booleans(),
        codes,
        children,
        children,
    )
    return ordered | member


trees = st.recursive(leaves, splits, max_leaves=12).filter(lambda tree: isinstance(tree, ForestSplit))


def walked(tree, row):
    """The leaf that a row ends in."""
    while isinstance(tree, ForestSplit):
        x = row[tree.column]
        if np.isnan(x):
            yes = tree.missing_true
        elif tree.mode is Mode.MEMBER:
            yes = x in tree.members
        else:
            yes = x <= tree.threshold if tree.mode is Mode.AT_MOST else x < tree.threshold
        tree = tree.true if yes else tree.false
    return tree


def run(roots, rows, kind=np.float64, outputs=2):
    """The outputs of each row, with the weights 1 and 1000."""
    drawing = Drawing(COLUMNS, "float64" if kind is np.float64 else "float32")
    both = drawing.cast(sums(drawing, ROWS, roots, kind, outputs), np.float64)
    weights = drawing.constant(1000.0 ** np.arange(outputs)[:, None])
    return opened(drawing.finished(drawing.add("MatMul", both, weights)), COLUMNS).run(rows)


def slow(roots, rows):
    return [sum(leaf.value * 1000.0**leaf.output for leaf in (walked(tree, row) for tree in roots)) for row in rows]


def drawn(seed, rows=80):
    random = np.random.default_rng(seed)
    values = np.array([-3.0, -2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.5, np.nan])
    return random.choice(values, (rows, COLUMNS))


@settings(max_examples=40, deadline=None)
@given(st.lists(trees, min_size=1, max_size=4), st.integers(0, 10**6), st.sampled_from([np.float64, np.float32]))
def test_every_row_ends_in_the_leaves_that_its_answers_lead_to(roots, seed, kind):
    rows = drawn(seed)
    np.testing.assert_allclose(
        run(roots, rows, kind), slow(roots, rows), rtol=0, atol=1e-3 if kind is np.float32 else 0
    )


def test_a_tree_may_be_deeper_than_pythons_stack():
    tree = Leaf(1.0)
    for depth in range(3000):
        tree = ForestSplit(depth % COLUMNS, Mode.AT_MOST, float(depth), False, (), tree, Leaf(float(-depth)))
    rows = np.array([[2999.0, 2999, 2999], [0, 0, 0], [np.nan, 0, 0], [2998.5, 2999, 2999]])
    np.testing.assert_array_equal(run([tree], rows, outputs=1), slow([tree], rows))
