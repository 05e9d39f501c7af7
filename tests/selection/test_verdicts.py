"""A challenger alone is judged at the full level in all figures that decide; beside others by Holm."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection.test_reason import CHOSEN, FINE, NO, OPEN, YES, change, difference

from riskmodel.core import Change
from riskmodel.selection.verdicts import adjusted, on_test, verdict, verdicts

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@settings(max_examples=40)
@given(P_VALUES)
def test_beside_others_the_smallest_counts_as_many_times_as_there_are_and_the_next_once_less(p_values):
    """Holm, step by step: who stands behind a failure has failed too."""
    changes = {f"m{i}": change(f"m{i}", p_value=p) for i, p in enumerate(p_values)}
    own = {name: max(one.differences["auc"].p_value, FINE.p_value) for name, one in changes.items()}
    due, worst = {}, 0.0
    for rank, name in enumerate(sorted(own, key=own.__getitem__)):
        worst = max(worst, min(1.0, (len(own) - rank) * own[name]))
        due[name] = worst
    assert adjusted(changes) == pytest.approx(due)
    for name, made in verdicts(changes).items():
        assert (made is YES) == (adjusted(changes)[name] < 0.05)


@pytest.mark.parametrize(
    ("auc", "brier", "due"),
    [(YES, YES, YES), (YES, OPEN, OPEN), (OPEN, YES, OPEN), (NO, YES, NO), (OPEN, NO, NO), (NO, NO, NO)],
)
def test_alone_the_weakest_figure_decides(auc, brier, due):
    p_value = {YES: 0.001, OPEN: 0.4, NO: 0.99}
    figures = {"auc": difference(auc, p_value[auc]), "brier": difference(brier, p_value[brier])}
    assert verdict(Change("half", "full", "test", figures)) is due


def test_a_figure_that_is_only_shown_decides_nothing():
    figures = {"auc": difference(NO, 0.99), "decisions": FINE}
    assert verdict(Change("half", "full", "test", figures)) is NO
    shown = Change("half", "full", "test", figures, informative=("auc",))
    assert verdict(shown) is YES
    assert verdicts({"half": shown}) == {"half": YES}


@settings(max_examples=40)
@given(P_VALUES)
def test_company_never_helps(p_values):
    changes = {f"m{i}": change(f"m{i}", p_value=p) for i, p in enumerate(p_values)}
    for name, together in verdicts(changes).items():
        assert together is not YES or verdict(changes[name]) is YES


@pytest.mark.parametrize(("together", "due"), [(1, [YES, YES]), (2, [OPEN, OPEN])])
def test_on_test_only_those_that_were_tested_together_are_corrected(together, due):
    trials = {name: change(name, p_value=p, verdict=OPEN) for name, p in (("half", 0.03), ("tenth", 0.04))}
    assert list(on_test(replace(CHOSEN, trials=trials, together=together)).values()) == due


def test_whom_the_test_sample_was_not_asked_about_has_no_verdict():
    assert set(on_test(replace(CHOSEN, trials={"half": change("half")}))) == {"half"}
    assert on_test(replace(CHOSEN, trials={})) == {}
