"""Whether one decision is made in time: only what the machine alone cannot explain is missed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.core import Interval, Timing
from riskmodel.selection import Budget, budget_verdict

US = st.floats(0.1, 1e6)


def timing(p99, p50=None, batch=1):
    plain = Interval(1.0, 1.0, 1.0)
    return {batch: Timing(batch, p50 or plain, plain, p99, plain)}


@pytest.mark.parametrize(
    ("low", "high", "due"),
    [
        (5.0, 9.0, Budget.MET),
        (5.0, 10.0, Budget.MET),
        (5.0, 11.0, Budget.INCONCLUSIVE),
        (10.0, 30.0, Budget.INCONCLUSIVE),
        (10.1, 30.0, Budget.NOT_MET),
    ],
)
def test_the_interval_of_the_99th_percentile_decides(low, high, due):
    assert budget_verdict(timing(Interval(7.0, low, high)), 10.0) is due


def test_without_a_budget_it_is_met_and_without_a_single_application_open():
    late = timing(Interval(7.0, 7e9, 7e9))
    assert budget_verdict(late, None) is Budget.MET
    assert budget_verdict({}, 10.0) is Budget.INCONCLUSIVE
    assert budget_verdict(timing(Interval(1.0, 1.0, 1.0), batch=100), 10.0) is Budget.INCONCLUSIVE


def test_what_the_machine_takes_for_nothing_is_not_held_against_a_model():
    late = timing(Interval(20.0, 15.0, 30.0))
    assert budget_verdict(late, 10.0) is Budget.NOT_MET
    noisy = timing(Interval(6.0, 4.0, 7.0), Interval(1.5, 1.0, 2.0))  # up to 5.5 above its median
    quiet = timing(Interval(3.0, 2.0, 6.0), Interval(1.5, 1.0, 2.0))
    assert budget_verdict(late, 10.0, noisy) is Budget.INCONCLUSIVE
    assert budget_verdict(late, 10.0, quiet) is Budget.NOT_MET
    assert budget_verdict(late, 10.0, timing(Interval(9e9, 9e9, 9e9), batch=100)) is Budget.NOT_MET


ORDER = [Budget.NOT_MET, Budget.INCONCLUSIVE, Budget.MET]


@settings(max_examples=60)
@given(US, US, US, US, st.floats(0, 1e5))
def test_more_time_and_a_noisier_machine_never_make_a_verdict_worse(low, wide, budget, more, noise):
    p99 = timing(Interval(low, low, low + wide))
    machine = timing(Interval(1.0, 1.0, 1.0 + noise))
    first = budget_verdict(p99, budget)
    assert ORDER.index(budget_verdict(p99, budget + more)) >= ORDER.index(first)
    assert ORDER.index(budget_verdict(p99, budget, machine)) >= ORDER.index(first)
    assert (budget_verdict(p99, budget, machine) is Budget.MET) == (first is Budget.MET)
