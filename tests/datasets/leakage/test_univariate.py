import numpy as np
import pytest
from leaky_loans import clean
from plain_words import plain

from riskmodel.datasets.leakage import SuspectSeverity, ordering, regions, univariate


def of_rows(levels, default, folds):
    """The slow way: each row's place is the bad rate of its level in the other folds."""
    rates = []
    for level, fold in zip(levels, folds, strict=True):
        others = (levels == level) & (folds != fold)
        rates.append((default[others].sum() + default.mean()) / (others.sum() + 1))
    return ordering.by_score(np.array(rates), default)


def test_a_level_is_placed_by_its_bad_rate_in_the_other_folds():
    draw = np.random.default_rng(0)
    levels, folds = draw.integers(0, 6, 90), draw.integers(0, 5, 90)
    default = (draw.random(90) < 0.2 + 0.1 * levels).astype(np.int8)
    result, slow = ordering.by_bad_rate(levels, default, folds), of_rows(levels, default, folds)
    np.testing.assert_allclose(result.bads, slow.bads)
    np.testing.assert_allclose(result.goods, slow.goods)


def test_levels_on_one_row_each_say_nothing_of_the_outcome():
    default = np.random.default_rng(1).integers(0, 2, 300).astype(np.int8)
    assert ordering.by_bad_rate(np.arange(300), default, np.arange(300) % 5).auc == 0.5


@pytest.mark.parametrize("missing", ["bads", "goods"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_missing_is_put_at_the_end_where_it_tells_most(one, missing, sign):
    draw = np.random.default_rng(2)
    default = (draw.random(400) < 0.3).astype(np.int8)
    values = sign * (default + draw.normal(size=400))
    values[(default == (missing == "bads")) & (draw.random(400) < 0.7)] = np.nan
    feature, suspect = one({"default": default, "x": values}, "x")
    low, high = (ordering.by_score(np.nan_to_num(values, nan=end), default) for end in (-99, 99))
    assert univariate.strongest(feature, suspect).auc >= max(low.auc, high.auc, 1 - low.auc, 1 - high.auc)


def test_an_auc_beyond_0_95_blocks_and_one_near_it_warns(suspects):
    draw = np.random.default_rng(3)
    default = (np.arange(3000) % 8 == 0).astype(np.int8)
    columns = {name: default + blur * draw.normal(size=3000) for name, blur in (("very", 0.4), ("rather", 0.55))}
    columns |= {"default": default, "weak": default + 2.0 * draw.normal(size=3000)}
    result = {s.column: s for s in suspects(columns)}
    assert (result["very"].severity, result["rather"].severity) == (SuspectSeverity.BLOCKS, SuspectSeverity.WARNS)
    assert "weak" not in result
    assert result["rather"].figures["auc_low"] < result["rather"].figures["auc"] < 0.95


def test_the_evidence_of_a_copy_says_how_often_it_agrees(suspects):
    columns = clean(2000, 4)
    columns["late_flag"] = columns["default"].copy()
    columns["late_flag"][:40] ^= 1
    (result,) = (s for s in suspects(columns) if s.column == "late_flag")
    assert result.screen == "copy of the target"
    assert result.evidence.startswith("is nearly a copy of the target: split once, it agrees with it in 9")
    assert " development rows, " in result.evidence
    assert result.figures["agreement"] == pytest.approx(0.98, abs=0.02)


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        (lambda bad: np.where(bad, 250.0, np.nan), "filled in"),
        (lambda bad: np.where(bad, np.nan, np.arange(len(bad)) % 7), "missing"),
        (lambda bad: np.where(bad, 9, np.arange(len(bad)) % 7), "above 6"),
        (lambda bad: np.where(bad, -5, np.arange(len(bad)) % 7), "at most -5"),
        (lambda bad: np.where(bad, 2.5, np.arange(len(bad)) % 7), "above 2 and at most 2.5"),
        (lambda bad: np.where(bad, "legal", np.array(["a", "b"])[np.arange(len(bad)) % 2]), "'legal'"),
    ],
)
def test_a_value_that_only_bads_have_is_named(one, planted, words):
    columns = clean(2500, 5)
    bad = (columns["default"] == 1) & (np.arange(2500) % 5 < 2)
    feature, suspect = one(columns | {"x": planted(bad)}, "x")
    result = regions.telling(feature, suspect)
    assert f"100.0 % of the {bad.sum()} rows (7.1 % of all) where it is {words} are bad" in plain(result.evidence)
    assert result.figures["auc"] > 0.65
    assert result.figures["auc_without"] == pytest.approx(0.5, abs=0.05)


def test_a_special_code_that_only_bads_have_is_named(one):
    columns = clean(2500, 5)
    bad = (columns["default"] == 1) & (np.arange(2500) % 5 < 2)
    columns["x"] = np.where(bad, 3, np.arange(2500) % 7 * 2)
    feature, suspect = one(columns, "x", codes={"x": [3, 99]})
    assert "where it is 3 are bad" in regions.telling(feature, suspect).evidence


def test_a_value_that_no_bad_has_is_named_where_bads_would_be_many(one):
    columns = clean(12_000, 6)
    paid = (columns["default"] == 0) & (np.arange(12_000) % 2 == 0)
    feature, suspect = one(columns | {"paid": paid}, "paid")
    assert plain(regions.telling(feature, suspect).evidence).startswith("gives the outcome away: 0.0 % of the ")


def test_few_rows_give_nothing_away(one):
    columns = clean(2500, 7)
    bads = np.flatnonzero(columns["default"])
    columns["x"] = np.isin(np.arange(2500), bads[: len(bads) // 25])
    assert regions.telling(*one(columns, "x")) is None
