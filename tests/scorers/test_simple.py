import json

import numpy as np
import pytest
from samples import FEATURES

from riskmodel import scorers
from riskmodel.core import Calibration, Column, Development, Kind, Sample
from riskmodel.errors import BundleError, UnsupportedScorer
from riskmodel.scorers.simple import SimpleRecipe
from riskmodel.scorers.simple.terms import AVERAGE, DIFFERENCE, SINGLE, ScorecardTerm, pairs

BALANCE = (Column("debt"), Column("limit"), Column("age"), Column("town", kind=Kind.CATEGORICAL, categories=("a", "b")))


def a_sample(rows, seed):
    """Default depends on debt less limit, and on nothing else."""
    random = np.random.default_rng(seed)
    matrix = np.column_stack([random.normal(size=(rows, 3)), random.integers(0, 2, rows)])
    margin = 2.5 * (matrix[:, 0] - matrix[:, 1]) - 1
    default = (random.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.int8)
    return Sample("s", BALANCE, matrix, default, np.arange(rows))


SEEN = Development(a_sample(1500, 0), a_sample(700, 1))


def test_the_difference_that_matters_is_found_first_and_printed_by_its_name():
    scorer = SimpleRecipe(terms=3).fit(SEEN, BALANCE)
    assert scorer.terms[0] == ScorecardTerm((0, 1), DIFFERENCE)
    assert scorer.table()[1].feature == "debt - limit"
    assert scorer.complexity().features >= 2


def test_no_more_terms_stay_than_tune_has_use_for():
    assert 1 <= len(SimpleRecipe(terms=4).fit(SEEN, BALANCE).terms) <= 3


def test_the_margin_can_be_added_up_by_hand():
    scorer = SimpleRecipe(terms=2).fit(SEEN, BALANCE)
    rows = a_sample(40, 2).matrix
    rows[5, 0] = np.nan  # a term with a missing part is missing
    by_hand = np.full(40, scorer.card.intercept)
    for term, card in zip(scorer.terms, scorer.card.cards, strict=True):
        a, b = term.features[0], term.features[-1]
        value = {SINGLE: rows[:, a], AVERAGE: (rows[:, a] + rows[:, b]) / 2, DIFFERENCE: rows[:, a] - rows[:, b]}
        for i, x in enumerate(value[term.weights]):
            place = -1 if np.isnan(x) else sum(x > edge for edge in card.bins.edges)
            by_hand[i] += card.margins[place]
    np.testing.assert_allclose(scorer.raw_margin(rows), by_hand, rtol=1e-12)


def test_pairs_are_of_numbers_and_break_no_direction():
    columns = (Column("up", monotone=1), Column("down", monotone=-1), Column("free"), BALANCE[3])
    result = {(term.features, term.weights): term.column(columns).monotone for term in pairs(columns, range(4))}
    assert result == {
        ((0, 1), DIFFERENCE): 1,
        ((0, 2), AVERAGE): 1,
        ((0, 2), DIFFERENCE): 1,
        ((1, 2), AVERAGE): -1,
        ((1, 2), DIFFERENCE): -1,
    }


def test_a_monotone_feature_stays_monotone_in_every_pair(development, fresh):
    """months may only lower the PD."""
    scorer = SimpleRecipe(terms=5).fit(development, FEATURES)
    rows = fresh.matrix[:300].copy()
    rows[:, 3] = 5.0
    later = rows.copy()
    later[:, 3] = 30.0
    assert (scorer.raw_margin(later) <= scorer.raw_margin(rows) + 1e-12).all()


@pytest.mark.parametrize(
    "term",
    [{"features": [0, 9], "weights": [0.5, 0.5]}, {"features": [0], "weights": [2.0, 0.0]}, {"features": []}, 3],
)
def test_a_term_that_cannot_be_is_a_damaged_file(fitted, term):
    scorer = fitted("simple")
    saved = json.loads(scorer.files()["terms.json"])
    files = {**scorer.files(), "terms.json": json.dumps({**saved, "terms": [term]}).encode()}
    with pytest.raises(BundleError):
        scorers.load("simple", FEATURES, Calibration(), files)


def test_it_has_no_size(fitted, development):
    with pytest.raises(UnsupportedScorer, match=r"has no size: it must be 1, however: 0\.5"):
        fitted("simple").refit(development, FEATURES, 0.5)
