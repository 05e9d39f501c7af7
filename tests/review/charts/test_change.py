"""The pictures of a dossier: from plain data alone, each left out where it has nothing to show."""

import pytest
from drawings import wide, wide_and_small

from riskmodel.review.charts.change import MOST_BARS, pictures, verdicts

PARTS = ("group", "measure", "rows", "value", "low", "high", "p_value", "mark")


def difference(delta, margin=0.005, verdict="non-inferior"):
    return {"delta": delta, "lower": delta - 0.002, "upper": delta + 0.002, "margin": margin, "verdict": verdict}


def table(columns, rows, key="parts"):
    return {"key": key, "columns": list(columns), "rows": [list(row) for row in rows]}


def entry(test, *tables, whom="change", about="", verdict="pass"):
    return {"id": test, "whom": whom, "title": "Title", "about": about, "verdict": verdict, "tables": list(tables)}


def data(*evidence, change=None, periods=()):
    return {"evidence": evidence, "change": change or {}, "monitoring": {"drift": {"periods": list(periods)}}}


def group(name, p_value, value=0.01, measure="approval"):
    return name, measure, 40, value, -0.01, 0.03, p_value, "attention"


def period(name, rate=0.11, role="new"):
    rates = {"value": rate, "low": rate - 0.01, "high": rate + 0.01} if rate else None
    return {
        "period": name,
        "dated": name != "selection",
        "role": role,
        "rows": 1_200,
        "bad_rate": rates,
        "mean_pd": {"champion": 0.1},
    }


def test_without_figures_no_picture_is_drawn():
    assert pictures(data()) == {}
    assert pictures(data(change={"margins_sha256": "ab", "auc": {"verdict": "NOT EVALUATED", "reason": "none"}})) == {}


def test_differences_stand_in_units_of_their_own_margin():
    change = {"auc": difference(-0.0025), "brier": difference(0.004, 0.002, "inconclusive"), "margins_sha256": "ab"}
    tips = wide(pictures(data(change=change))["verdicts"]).tips
    assert tips[0] == "AUC: -0.5 (-0.9 to -0.1), non-inferior. Difference -0.00250, margin 0.005."
    assert tips[1].startswith("Brier score: 2 (1 to 3), inconclusive.")


@pytest.mark.parametrize(
    ("verdict", "tag"), [("non-inferior", "circle"), ("inferior", "polygon"), ("inconclusive", "polygon")]
)
def test_a_verdict_has_the_shape_of_its_mark(verdict, tag):
    drawn = wide(verdicts({"auc": difference(0.0, verdict=verdict)}))
    (mark,) = [list(node)[-1] for node in drawn.root.iter("g") if node.get("class") == "pt"]
    assert mark.tag == tag


def test_the_margin_is_a_line_of_its_own_one_margin_below_zero():
    drawn = wide(verdicts({"auc": difference(-0.005)}))
    (dot,) = drawn.points
    assert drawn.place("margin")[0] == pytest.approx(dot[0], abs=0.1)


def test_groups_come_surest_first_and_no_more_than_find_room():
    rows = [group(f"g{i:02}", (40 - i) / 100) for i in range(40)]
    tips = wide(pictures(data(entry("change.harm", table(PARTS, rows))))["harm"]).tips
    assert [tip.partition(":")[0] for tip in tips] == [f"g{i}" for i in range(39, 39 - MOST_BARS, -1)]
    assert tips[0].endswith("40 rows.")


def test_a_group_that_was_not_judged_is_no_bar():
    rows = [group("a", 0.2), group("b", None), group("c", 0.1, None)]
    drawn = pictures(data(entry("change.harm", table(PARTS, rows))))
    assert [tip.partition(":")[0] for tip in wide(drawn["harm"]).tips] == ["a"]
    assert "harm" not in pictures(data(entry("change.harm", table(PARTS, rows[1:]))))


def test_weak_slices_are_of_the_challenger():
    columns = ("slice", *PARTS[2:])
    made = [
        entry("robustness.weak_slices", table(columns, [(name, 40, 0.1, 0.0, 0.2, 0.01, "fail")]), whom=whom)
        for whom, name in (("champion", "old"), ("challenger", "young"))
    ]
    assert wide(pictures(data(*made))["weak"]).tips == ["young: 0.1 (0 to 0.2), fail. 40 rows."]
    assert "weak" not in pictures(data(made[0]))


def test_approvals_tell_whose_they_are():
    rows = [("f", 40, 0.75, 0.7, 0.81, "attention"), ("m", 60, None, None, None, "NOT EVALUATED")]
    columns = ("group", "rows", "value", "low", "high", "mark")
    made = [entry("fairness.approval_ratio", table(columns, rows), whom=whom) for whom in ("champion", "challenger")]
    drawn = wide(pictures(data(*made))["approvals"])
    assert [tip.partition(":")[0] for tip in drawn.tips] == ["champion, f", "challenger, f"]
    assert drawn.place("0.8")[0] < drawn.place("0.9")[0]


def test_of_many_groups_the_lowest_are_drawn_under_both_sides():
    columns = ("group", "rows", "value", "low", "high", "mark")
    rows = [(f"g{i}", 40, 1.2 - i / 40, None, None, "pass") for i in range(30)]
    made = [entry("fairness.approval_ratio", table(columns, rows), whom=whom) for whom in ("champion", "challenger")]
    made += [entry("fairness.approval_ratio", table(columns, [("sex=f", 9, 0.1, None, None, "fail")]))]
    names = [tip.partition(":")[0] for tip in wide(pictures(data(*made))["approvals"]).tips]
    both = [f"{whom}, g{i}" for i in range(29, 23, -1) for whom in ("champion", "challenger")]
    assert names == ["change, sex=f", *both]


def test_of_each_feature_the_period_of_its_largest_shift_is_drawn():
    columns = ("feature", "value", "low", "high", "mark")
    first = [("age", 0.05, 0.04, 0.06, "pass"), ("income", 0.3, 0.2, 0.4, "fail"), ("rent", None, None, None, "pass")]
    second = [("age", 0.12, 0.1, 0.2, "attention"), ("income", 0.02, 0.0, 0.1, "pass")]
    made = [entry("stability.csi", table(columns, rows), whom="data") for rows in (first, second)]
    tips = wide(pictures(data(*made))["features"]).tips
    assert [tip.partition(" (")[0] for tip in tips] == ["income: 0.3", "age: 0.12"]


def test_periods_are_the_dated_ones_where_there_are_two():
    rows = [period("selection", role="reference"), period("2024-01"), period("2024-02"), period("2024-03", None)]
    assert [t[:7] for t in wide(pictures(data(periods=rows))["periods"]).tips[::2]] == ["2024-01", "2024-02"]
    few = wide(pictures(data(periods=rows[:2]))["periods"])
    assert few.tips[0] == "selection: bad rate 11 % (10 % to 12 %). 1,200 rows."
    assert "new rows" in few.words
    assert "periods" not in pictures(data(periods=rows[3:]))


def test_only_those_who_change_sides_are_swapped():
    columns = ("side", "rows", "bads", "bad rate", "low", "high")
    rows = [
        ("both approve", 900, 90, 0.1, 0.08, 0.12),
        ("swapped in", 1_050, 210, 0.2, 0.15, 0.25),
        ("swapped out", 0, 0, None, None, None),
    ]
    made = entry("change.swap_set", table(columns, rows, "swap_set"), about="same cutoff", verdict="attention")
    tips = wide(pictures(data(made))["swaps"]).tips
    assert tips == ["same cutoff: in: 20 % (15 % to 25 %), attention. 1,050 rows, 210 bads."]


def test_curves_read_their_own_table_of_each_side():
    bins = table(("mean PD", "bad rate", "low", "high"), [(0.1, 0.12, 0.05, 0.2)], "reliability")
    whole = table(("share of rows", "share of bads", "low", "high"), [(0.5, 0.8, 0.7, 0.9)], "cap")
    made = [entry("calibration.reliability", whole, bins, whom="champion")]
    made += [entry("discrimination.cap", whole, whom="challenger"), entry("discrimination.cap", whom="champion")]
    drawn = pictures(data(*made))
    assert drawn.keys() == {"reliability", "cap"}
    assert wide(drawn["reliability"]).tips == ["champion: 10 %, 12 % (5 % to 20 %)"]
    assert wide(drawn["cap"]).tips == ["challenger: 50 %, 80 % (70 % to 90 %)"]
    assert "no ranking" in wide(drawn["cap"]).words


def test_what_is_lost_under_stress_is_told_by_side_and_nothing_leaves_the_paper():
    columns = ("perturbation", "value", "low", "high", "mark")
    rows = [("noise of 0.1 sd", 0.01, 0.0, 0.02, "pass"), ("all shifted by 0.25 sd", None, None, None, "pass")]
    drawn = pictures(data(entry("robustness.decay", table(columns, rows), whom="champion")))["decay"]
    assert wide(drawn).tips == ["champion, noise of 0.1 sd: 0.01 (0 to 0.02), pass."]
    assert [one.overflowing() for one in wide_and_small(drawn)] == [[], []]
