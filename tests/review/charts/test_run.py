"""The pictures of a run show the review's figures, and nothing that names smuggle in."""

from dataclasses import replace

import pytest
from drawings import wide, wide_and_small

from riskmodel.review import review
from riskmodel.review.charts.palette import MARKS
from riskmodel.review.charts.run import BARS, pictures


@pytest.fixture
def made(settings, study):
    return review(settings, study)


@pytest.mark.parametrize("name", ["cost", "size"])
def test_every_variant_is_one_point_with_its_own_auc(made, name):
    tips = wide(pictures(made)[name]).tips
    assert len(tips) == len(made.rows)
    for row, tip in zip(made.rows, tips, strict=True):
        assert tip.startswith(f"{row['variant']}: {row['verdict']}. AUC {row['auc']:.4f} ")


def test_size_and_cost_order_the_points(made):
    drawn = pictures(made)
    for name, cost in (("size", lambda row: row["bytes"]), ("cost", lambda row: row["cost"])):
        xs = [x for x, _ in wide(drawn[name]).points]
        assert sorted(range(6), key=lambda i: xs[i]) == sorted(range(6), key=lambda i: cost(made.rows[i]))


def test_champion_and_chosen_are_named_and_the_margin_lies_below(made):
    drawn = wide(pictures(made)["cost"])
    assert {"champion", "chosen", "Pareto front"} <= set(drawn.words)
    assert "champion \N{MINUS SIGN} margin 0.005" in drawn.words
    (level,) = [n for n in drawn.root.iter("line") if n.get("stroke") == MARKS["fail"] and float(n.get("x1")) > 0]
    assert float(level.get("y1")) > drawn.points[0][1]


def test_a_champion_that_stays_says_so(settings, another_study):
    drawn = wide(pictures(review(settings, another_study(chosen="lgbm")))["cost"])
    assert "champion, stays" in drawn.words


def test_the_same_cut_has_the_same_marker_at_every_keep(settings, another_study, entry):
    entries = [entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400)] + [
        entry(f"lgbm/trees@{keep}", "lgbm", ("trees",), keep, 0.78, 300, "non-inferior", trees=9)
        for keep in (0.5, 0.25)
    ]
    words = wide(pictures(review(settings, another_study(tuple(entries), "lgbm/trees@0.5")))["cost"]).words
    assert words.count("trees") == words.count("not pruned") == 1


def test_bars_end_at_the_paired_bounds_and_not_at_the_auc_s_own(made):
    drawn = wide(pictures(made)["size"])
    groups = [list(node) for node in drawn.root.iter("g") if node.get("class") == "pt"]
    bars = {tip.partition(":")[0]: group[1] for tip, group in zip(drawn.tips, groups, strict=True) if len(group) == 3}
    length = float(bars["neural"].get("y1")) - float(bars["neural"].get("y2"))
    per_auc = (drawn.points[2][1] - drawn.points[0][1]) / (made.rows[0]["auc"] - made.rows[2]["auc"])
    assert length / per_auc == pytest.approx(2 * 1.645 * 0.0011, rel=0.03)


def test_the_forest_has_the_test_on_top_and_sorts_the_others(made):
    tips = wide(pictures(made)["confirmation"]).tips
    names = [tip.partition(":")[0] for tip in tips]
    deltas = {row["variant"]: row["delta_auc"] for row in made.rows}
    assert names[0] == "lgbm/trees@0.25, test"
    assert [deltas[name] for name in names[1:]] == sorted((deltas[name] for name in names[1:]), reverse=True)
    assert len(names) == len(made.rows)


def test_the_forest_has_the_verdicts_after_holm(made):
    rows = tuple(row | {"verdict": "inconclusive"} for row in made.rows)
    tips = wide(pictures(replace(made, rows=rows))["confirmation"]).tips
    assert all(", inconclusive. On selection." in tip for tip in tips[1:])


def test_attributions_show_the_strongest_first_and_only_where_there_are_any(made):
    drawn = wide_and_small(pictures(made)["attributions"])
    assert [len(picture.tips) for picture in drawn] == [BARS, BARS, 5, 5]
    assert drawn[0].tips[0] == "PAY_0: 0.9"
    assert "attributions" not in pictures(replace(made, attributions={}))


def test_names_in_a_picture_are_text_not_markup(settings, another_study, entry):
    hostile = "<b>x</b>"
    entries = (
        entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400),
        entry(hostile, "lgbm", ("trees",), 0.5, 0.78, 300, "non-inferior", trees=9),
    )
    drawn = pictures(review(settings, another_study(entries, hostile, attributions={"lgbm": ((hostile, 1.0),)})))
    assert not any(hostile in picture for picture in drawn.values())


def test_nothing_leaves_the_paper(made):
    assert [d.overflowing() for picture in pictures(made).values() for d in wide_and_small(picture)] == [[]] * 10


def test_a_run_without_costs_still_has_its_other_pictures(settings, study, another_study):
    trade_off = replace(study.trade_off, cost={})
    assert sorted(pictures(review(settings, another_study(trade_off=trade_off)))) == [
        "attributions", "confirmation", "size"
    ]  # fmt: skip
