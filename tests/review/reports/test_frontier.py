"""What a page says of one pruned model: in one line, in a table, and why it is not confirmed."""

from dataclasses import replace

import pytest

from riskmodel.core import Change
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.change.fidelity import Fidelity
from riskmodel.review.reports.frontier import GIVEN, IDENTICAL, OF_NETWORK, OF_TREES, rows

SAME = Fidelity(1000, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0, 900, 900)


def changed(delta, error=0.001, brier=0.0):
    differences = {"auc": judge(delta, error, 0.005), "brier": judge(brier, error, 0.002)}
    return Change("level_scaling@0.1", "given", "test", differences)


def test_what_was_reached_is_one_line(frontier):
    assert frontier.reached == (
        "level_scaling@0.1: 100 of 1,000 leaves (10 times fewer), 10 of 100 trees; "
        "on test AUC -0.0020 (lower bound -0.0036, margin 0.005): non-inferior."
    )


def test_given_and_written_are_points_of_selection(frontier):
    assert frontier.given is frontier.points[0]
    assert (frontier.written.name, frontier.written.leaves) == ("level_scaling@0.1", 100)


def test_a_given_model_whose_size_is_not_known_is_not_divided_by(frontier):
    unknown = replace(frontier.given, trees=None, leaves=None)
    made = replace(frontier, points=(unknown, *frontier.points[1:]))
    assert made.reached.startswith("level_scaling@0.1: 100 leaves, 10 trees; ")


def test_a_network_is_counted_in_its_own_words(frontier):
    made = replace(frontier, words=OF_NETWORK)
    assert "100 of 1,000 weights (10 times fewer), 10 of 100 neurons" in made.reached
    (row, *_) = rows(made.points, OF_NETWORK)
    assert (row["weights"], row["neurons"]) == (1000, 100)
    assert "leaves" not in row


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "nothing smaller was shown to be no worse (on selection no smaller size is likely to be shown"),
        ({"asked": ("level_scaling@0.1",)}, "(AUC: lower bound -0.0036, margin 0.005)"),
        (
            {"asked": ("level_scaling@0.1",), "decided_by": "brier", "change": changed(-0.002, brier=-0.003)},
            "(Brier score: lower bound -0.0046, margin 0.002)",
        ),
        ({"chosen": "given"}, "NOT CONFIRMED: it is not smaller than the given model."),
    ],
)
def test_why_it_is_not_confirmed(frontier, changes, why):
    made = replace(frontier, confirmed=False, **changes)
    assert why in made.not_confirmed
    assert made.reached.endswith(made.not_confirmed)


def test_fewer_trees_alone_are_smaller(frontier):
    fewer = replace(frontier.points[4], leaves=1000, trees=99)
    assert not replace(frontier, chosen="given")._is_smaller
    assert replace(frontier, points=(frontier.given, fewer), chosen=fewer.name)._is_smaller


def test_a_model_that_no_row_tells_apart_is_identical_and_has_not_gained(frontier):
    made = replace(frontier, change=Change("same", "given", "test", {"auc": judge(0.0, 0.0, 0.005)}))
    assert made.verdict == (IDENTICAL if made.change.identical else "non-inferior")
    point = replace(frontier.points[1], fidelity=SAME, difference=judge(0.0, 0.0, 0.005))
    near = replace(point, fidelity=replace(SAME, mean=1e-9))
    assert [row["verdict"] for row in rows((point, near))] == [IDENTICAL, str(point.verdict)]


def test_a_row_holds_the_interval_and_the_difference(frontier):
    given, first, *_ = rows(frontier.points, OF_TREES)
    assert (given["verdict"], given["delta_auc"], given["delta_low"], given["delta_high"]) == (GIVEN, 0.0, 0.0, 0.0)
    expected = judge(0.0005, 0.001, 0.005)
    assert (first["delta_auc"], first["delta_low"], first["delta_high"]) == (0.0005, expected.lower, expected.upper)
    assert (first["auc_low"], first["auc"], first["auc_high"]) == (0.76, 0.7805, 0.80)
    assert (first["mean_dpd"], first["p99_dpd"]) == (0.01, 0.05)
