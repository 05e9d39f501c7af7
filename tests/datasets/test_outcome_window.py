import numpy as np
import pytest

from riskmodel.datasets.outcome_window import closing

START = np.datetime64("2020-01-01")


def loans(seed, months_to_default, rows=6000, span=720):
    """Loans over two years, seen on the last day: a bad shows once its months have passed."""
    draw = np.random.default_rng(seed)
    age = draw.integers(0, span, rows)
    shows = draw.random(rows) < 0.25
    default = shows & (age >= draw.uniform(0, months_to_default * 30.4, rows))
    return START + (span - age).astype("m8[D]"), default.astype(np.int8)


@pytest.mark.parametrize("seed", range(20))
def test_a_window_that_closes_is_asked_about_and_about_as_long_as_it_is(seed):
    result = closing(*loans(seed, months_to_default=6))
    assert result is not None
    assert 60 <= result.window_days <= 330
    assert result.last[-1] < 0.9 * result.before
    assert f"split.window_days = {result.window_days}" in result.in_words


def test_loans_that_all_have_their_outcome_are_rarely_asked_about():
    assert sum(closing(*loans(seed, months_to_default=0)) is not None for seed in range(200)) <= 2


def test_what_the_window_leaves_in_is_not_asked_about_again():
    days, default = loans(3, months_to_default=6)
    old = (days.max() - days).astype(int) >= closing(days, default).window_days
    assert closing(days[old], default[old]) is None


def test_few_dates_say_nothing():
    days, default = loans(1, 6)
    assert closing(days.astype("M8[Y]"), default) is None
    assert closing(np.full(9, np.datetime64("NaT"), "M8[D]"), np.zeros(9, np.int8)) is None
