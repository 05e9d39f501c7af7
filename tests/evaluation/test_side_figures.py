"""What is recorded of each variant beside its worth, against counts by hand."""

from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel.evaluation.side_figures import side_figures

CUTOFF = 0.3


class Rule:
    """A scorer that scores by one column alone."""

    def __init__(self, column, factor=1.0):
        self.column, self.factor = column, factor

    def score(self, sample):
        return self.factor / (1 + np.exp(-np.nan_to_num(sample.matrix[:, self.column])))


@pytest.fixture(scope="module")
def sample():
    drawing = drawn(700, 3, "selection")
    groups = np.where(np.arange(len(drawing)) % 3 == 0, "a", "b")
    rare = np.where(np.arange(len(drawing)) < 4, "rare", "usual")
    return replace(drawing, attributes={"group": groups, "rare": rare})


def figures(sample, **durations):
    scorers = {"champion": Rule(0), "same": Rule(0), "other": Rule(0, 0.6)}
    return side_figures(scorers, "champion", CUTOFF, ("group", "rare", "absent"), sample, durations)


def test_flips_are_the_share_of_decisions_that_differ_from_the_champions(sample):
    by_name = figures(sample)
    champion, other = Rule(0).score(sample) >= CUTOFF, Rule(0, 0.6).score(sample) >= CUTOFF
    assert by_name["champion"].flips == by_name["same"].flips == 0
    assert by_name["other"].flips == pytest.approx(np.mean(champion != other))
    assert by_name["other"].flips > 0


def test_the_ratio_is_the_lowest_approval_rate_of_a_group_over_the_highest(sample):
    approved = Rule(0).score(sample) < CUTOFF
    rates = [approved[sample.attributes["group"] == name].mean() for name in ("a", "b")]
    assert figures(sample)["champion"].approval_ratios == {"group": pytest.approx(min(rates) / max(rates))}


def test_how_long_it_took_is_left_open_where_nobody_noted_it(sample):
    by_name = figures(sample, other=(10.0, 2.5))
    assert (by_name["other"].started, by_name["other"].seconds) == (10.0, 2.5)
    assert (by_name["same"].started, by_name["same"].seconds) == (None, None)


class Staged(Rule):
    """A scorer of two stages, of which the second answers where the first column is high."""

    cheap = full = None
    features, bought_share, bought = FEATURES, 0.9, ("income",)

    def in_band(self, matrix):
        return matrix[:, 0] > 0.5

    def buying(self, share):
        return Staged(self.column, share)

    def undecided(self, matrix):
        return np.zeros(len(matrix), bool)


def test_what_is_bought_is_counted_on_the_sample_with_an_interval(sample):
    scorers = {"champion": Rule(0), "cascade": Staged(0)}
    by_name = side_figures(scorers, "champion", CUTOFF, (), sample, {})
    share = by_name["cascade"].bought
    assert by_name["champion"].bought is None
    assert share.value == np.mean(sample.matrix[:, 0] > 0.5)
    assert share.low < share.value < share.high
    of_two = replace(sample, borrower=np.arange(len(sample)) // 50)
    assert side_figures(scorers, "champion", CUTOFF, (), of_two, {})["cascade"].bought.value == share.value
