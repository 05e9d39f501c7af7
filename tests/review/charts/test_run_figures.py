"""The pictures show the review's figures, and nothing that names smuggle in."""

from dataclasses import replace

import pytest

from riskmodel.review import figures, review


@pytest.fixture
def made(settings, study):
    return review(settings, study)


def points(figure):
    """(x, y, hover) of everything that can be hovered over."""
    return [
        point
        for trace in figure.data
        if trace.hovertext
        for point in zip(trace.x, trace.y, trace.hovertext, strict=True)
    ]


@pytest.mark.parametrize("name", ["latency", "size"])
def test_every_variant_is_one_point_at_its_own_auc(made, name):
    found = points(figures(made)[name])
    assert sorted(y for _, y, _ in found) == sorted(row["auc"] for row in made.rows)
    for row in made.rows:
        assert sum(hover.startswith(f"<b>{row['variant']}</b>") for _, _, hover in found) == 1


def test_size_is_drawn_in_bytes_and_time_in_microseconds_a_row(made):
    drawn = figures(made)
    assert {x for x, _, _ in points(drawn["size"])} == {row["bytes"] for row in made.rows}
    assert {x for x, _, _ in points(drawn["latency"])} == {1e6 / row["rows_per_s"] for row in made.rows}


def test_where_one_application_decides_its_time_is_drawn(made):
    single = replace(made, latency={**made.latency, "decide_on": "single"})
    assert {x for x, _, _ in points(figures(single)["latency"])} == {row["p50_us"] for row in made.rows}


def test_champion_and_chosen_are_named_in_the_picture(made):
    assert [trace.text[0] for trace in figures(made)["latency"].data if trace.text] == ["champion", "chosen"]


def test_the_same_cut_has_the_same_marker_at_every_keep(settings, another_study, entry):
    made = [entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400)] + [
        entry(f"lgbm/trees@{keep}", "lgbm", (f"trees@{keep}",), keep, 0.78, 300, "non-inferior", trees=9)
        for keep in (0.5, 0.25)
    ]
    drawn = figures(review(settings, another_study(tuple(made), "lgbm/trees@0.5")))["latency"].data
    symbols = next(trace for trace in drawn if trace.name == "lgbm").marker.symbol
    assert symbols[0] != symbols[1] == symbols[2]
    assert [trace.name for trace in drawn if trace.x[0] is None] == ["not pruned", "trees"]


def test_the_margin_line_lies_the_margin_below_the_champion(made):
    line = figures(made)["latency"].layout.shapes[0]
    assert line.y0 == line.y1 == pytest.approx(0.7812 - 0.005)


def test_the_front_line_rises_with_time(made):
    front = next(trace for trace in figures(made)["latency"].data if trace.name == "Pareto front")
    assert list(front.x) == sorted(front.x)
    assert list(front.y) == sorted(front.y)


def test_bars_end_at_the_paired_bounds(made):
    trace = next(trace for trace in figures(made)["size"].data if trace.name == "neural")
    bounds = {row["challenger"]: row for row in made.differences if row["figure"] == "auc"}
    below = bounds["neural"]["delta"] - bounds["neural"]["lower"]
    assert trace.error_y.arrayminus[0] == pytest.approx(below)


def test_the_forest_sorts_challengers_and_sets_the_test_on_top(made):
    forest = figures(made)["confirmation"]
    order = list(forest.layout.yaxis.categoryarray)
    deltas = {row["variant"]: row["delta_auc"] for row in made.rows}
    assert order[-1] == "lgbm/trees@0.25, test"
    assert [deltas[name] for name in order[:-1]] == sorted(deltas[name] for name in order[:-1])
    assert sum(len(trace.x) for trace in forest.data) == len(made.rows)


def test_every_axis_has_a_title(made):
    for figure in figures(made).values():
        axes = [*figure.select_xaxes(), *figure.select_yaxes()]
        assert all(axis.title.text for axis in axes)


def test_attributions_show_the_strongest_first_and_only_where_there_are_any(made):
    lgbm, xgb = figures(made)["attributions"].data
    assert (len(lgbm.x), len(xgb.x)) == (12, 5)
    assert (lgbm.y[-1], lgbm.x[-1]) == ("PAY_0", 0.9)
    assert "attributions" not in figures(replace(made, attributions={}))


def test_names_in_a_picture_are_text_not_markup(settings, another_study, entry):
    hostile = "<b>x</b>"
    made = (
        entry("lgbm", "lgbm", (), 1.0, 0.78, 500, None, trees=400),
        entry(hostile, "lgbm", ("trees",), 0.5, 0.78, 300, "non-inferior", trees=9),
    )
    attributions = {"lgbm": ((hostile, 1.0),)}
    drawn = figures(review(settings, another_study(made, hostile, attributions=attributions)))
    for figure in drawn.values():
        assert hostile not in figure.to_json().replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u002f", "/")


def test_a_run_without_timings_still_has_its_pictures(settings, study, another_study):
    trade_off = replace(study.trade_off, timings={})
    assert points(figures(review(settings, another_study(trade_off=trade_off)))["latency"]) == []
