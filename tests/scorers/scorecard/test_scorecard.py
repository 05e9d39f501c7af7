"""A scorecard is its table: whoever adds up the lines by hand gets the PD."""

import json
from dataclasses import replace

import numpy as np
import pytest
from samples import FEATURES, drawn

from riskmodel import scorers
from riskmodel.core import Calibration, Column, Development
from riskmodel.errors import BundleError, ConfigError, UnsupportedScorer


def by_hand(scorer, row, what):
    """Adds up the table's lines for one application, reading only what is printed."""
    start, *lines = scorer.table()
    total = getattr(start, what)
    for column, value in zip(scorer.features, row, strict=True):
        for line in (line for line in lines if line.feature == column.name):
            if _holds(column, line.bin, value):
                total += getattr(line, what)
    return total


def _holds(column, label, value):
    if np.isnan(value) or label == "missing":
        return bool(np.isnan(value)) and label == "missing"
    if column.categories:
        return column.categories[int(value)] in label.split(", ")
    if label.startswith("<= "):
        return value <= float(label[3:])
    if label.startswith("> "):
        return value > float(label[2:])
    low, high = label[1:-1].split(", ")
    return float(low) < value <= float(high)


@pytest.fixture(scope="module")
def scorer():
    development = Development(drawn(1500, 1), drawn(700, 2))
    fitted = scorers.recipe("scorecard", {"max_bins": 5}).fit(development, FEATURES, seed=0)
    return fitted.recalibrated(Calibration(0.2, 0.9))


def test_the_margin_is_the_sum_of_the_lines(scorer):
    rows = np.round(drawn(120, 4).matrix, 1)  # no value so near an edge that its six printed digits would not do
    rows[:9, 2], rows[5:12, 4] = np.nan, np.nan
    np.testing.assert_allclose(scorer.margin(rows), [by_hand(scorer, row, "margin") for row in rows], atol=1e-12)


def test_a_row_alone_is_added_up_as_it_is_among_others(scorer):
    rows = drawn(150, 4).matrix
    rows[:9, 2], rows[5:12, 4] = np.nan, np.nan
    margins, parts = scorer.margin(rows), scorer.contributions(rows)
    for row, margin, part in zip(rows[:, None], margins, parts, strict=True):
        assert scorer.margin(row).tolist() == [margin]
        assert scorer.contributions(row).tolist() == [part.tolist()]


def test_points_are_the_margin_on_the_asked_scale(scorer):
    rows = np.round(drawn(120, 4).matrix, 1)
    points = 600 - 20 / np.log(2) * (scorer.margin(rows) + np.log(50))
    np.testing.assert_allclose([by_hand(scorer, row, "points") for row in rows], points, atol=1e-9)


def test_a_missing_value_that_train_never_saw_adds_nothing(scorer):
    row = drawn(1, 5).matrix
    row[0, 4] = np.nan
    assert scorer.contributions(row)[0, 4] == 0
    row[0, 0] = np.nan
    assert scorer.contributions(row)[0, 0] > 0


def test_contributions_add_up_to_the_raw_margin_and_average_nothing_on_train(scorer):
    train = drawn(1500, 1).matrix
    parts = scorer.contributions(train)
    np.testing.assert_allclose(parts.sum(axis=1), scorer.raw_margin(train), atol=1e-12)
    np.testing.assert_allclose(parts[:, :-1].mean(axis=0), 0, atol=1e-12)


def test_a_feature_with_a_direction_never_goes_against_it(scorer):
    months = np.linspace(-5, 70, 400)
    rows = np.tile(drawn(1, 6).matrix, (400, 1))
    rows[:, 3] = months
    assert FEATURES[3].monotone == -1
    assert (np.diff(scorer.margin(rows)) <= 0).all()
    assert len(set(scorer.margin(rows))) > 2


def test_the_penalty_is_the_best_on_tune():
    """The same tune rows with the outcomes of a coin call for the strongest penalty: margins shrink."""
    train, tune = drawn(1500, 1), drawn(700, 2)
    coin = replace(tune, default=(np.random.default_rng(0).random(700) < 0.2).astype(np.int8))
    recipe = scorers.recipe("scorecard", {})
    spread = [recipe.fit(Development(train, t), FEATURES, 0).margin(tune.matrix).std() for t in (tune, coin)]
    assert spread[1] < 0.8 * spread[0]


def test_it_ticks_as_often_as_it_says():
    recipe, ticks = scorers.recipe("scorecard", {}), []
    recipe.fit(Development(drawn(300, 1), drawn(200, 2)), FEATURES, 0, lambda: ticks.append(1))
    assert len(ticks) == recipe.ticks


def test_a_size_below_one_is_refused(scorer):
    with pytest.raises(UnsupportedScorer, match=r"it must be 1, however: 0\.5"):
        scorer.refit(Development(drawn(300, 1), drawn(200, 2)), FEATURES, size=0.5)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"max_bins": 1}, "max_bins"), ({"pdo": 0.0}, "pdo"), ({"bins": 3}, "unknown key; allowed are max_bins")],
)
def test_impossible_options_are_told(options, message):
    with pytest.raises(ConfigError, match=message):
        scorers.recipe("scorecard", options)


def test_a_damaged_or_foreign_file_is_refused(scorer):
    whole = scorer.files()["scorecard.json"]
    data = json.loads(whole)
    del data["features"][0]["woe"][0]
    for content in (b"{", b"[]", whole.replace(b'"rows"', b'"row"'), json.dumps(data).encode()):
        with pytest.raises(BundleError, match="scorecard"):
            scorers.load("scorecard", FEATURES, Calibration(), {"scorecard.json": content})
    with pytest.raises(BundleError, match="has 5 features, however: the manifest 2"):
        scorers.load("scorecard", (Column("a"), Column("b")), Calibration(), scorer.files())
