"""The search for the smallest size makes few, and finds what trying all would find where evidence weakens with size."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Change, Difference, Verdict
from riskmodel.workflows.prune.judge import deciding
from riskmodel.workflows.prune.path import KEEPS
from riskmodel.workflows.prune.search import asked, smallest


def cut(keep, leaves=None):
    nodes = leaves or round(1000 * keep)
    trees = SimpleNamespace(n_leaves=nodes, used_features=(0,), n_nodes=nodes, trees=())
    return SimpleNamespace(
        name=f"x {keep}", keep=keep, trees=trees, has_trees=True, is_known=True, parts=nodes, size=(nodes, 0, 1)
    )


def change(p_value):
    auc = Difference(0.0, 0.001, -0.001, 0.001, 0.005, p_value, 0.002, Verdict.INCONCLUSIVE)
    return Change("x", "given", "selection", {"auc": auc, "brier": replace(auc, p_value=0.9)})


def made(last):
    """Sizes down to `last` are likely to pass."""
    return lambda keep: (cut(keep), change(0.001 / keep if keep >= last else 0.5))


@settings(deadline=None)
@given(st.sampled_from([*KEEPS, 2.0]))
def test_the_smallest_likely_size_is_among_three(last):
    result = smallest(made(last), KEEPS)
    assert len(result) <= 3
    sizes = [c.keep for c, _ in result]
    assert sizes == sorted(sizes, reverse=True)
    likely = [keep for keep in KEEPS if keep >= last]
    assert min((c.keep for c, of in result if deciding(of).p_value < 0.25), default=None) == (min(likely, default=None))


def test_what_is_not_smaller_is_not_asked_about():
    whole = cut(1.0)
    assert asked(whole, [(cut(1.0), change(0.0))]) == ()
    assert asked(whole, [(cut(0.5), change(0.0))]) == ("x 0.5",)


@pytest.mark.parametrize("p_value", [0.3, 1.0])
def test_nor_what_is_not_likely_to_pass(p_value):
    assert asked(cut(1.0), [(cut(0.5), change(p_value))]) == ()


def test_whatever_learns_a_column_is_smaller_than_the_model_that_nobody_knows():
    unknown = SimpleNamespace(name="given", has_trees=False, is_known=False)
    assert asked(unknown, [(cut(0.5), change(0.01))]) == ("x 0.5",)
