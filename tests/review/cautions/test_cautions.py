"""Each check by itself: what it finds, what it lets pass, what it cannot tell."""

from dataclasses import replace

import numpy as np
import pytest
from faults import clean
from planted import FEATURES, GivenScorer

from riskmodel.core import Calibration, Column, Reference, RowSketch
from riskmodel.evaluation.change.comparison import judge
from riskmodel.evaluation.stability.reference import _deciles
from riskmodel.review.cautions import State, columns, findings, models, rows
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import CutoffSource, Terms
from riskmodel.review.findings import Severity, Topic


@pytest.fixture(scope="module")
def given():
    return clean(3, rows=1_500)


def test_a_warning_is_a_finding_about_rows_and_the_rest_is_none(given):
    states = models.identical(replace(given, challenger=given.champion)), models.identical(given)
    (finding,) = findings(states)
    assert (finding.topic, finding.test, finding.severity) == (Topic.ROWS, "caution.identical", Severity.HIGH)


@pytest.mark.parametrize(("delta", "state"), [(0.02, State.CLEAR), (0.032, State.CLEAR), (0.04, State.WARNED)])
def test_a_gain_is_suspect_where_its_bound_is(given, limits, change, delta, state):
    made = replace(change("pruned", "rows", 0.0, "non-inferior"), differences={"auc": judge(delta, 0.003, 0.005)})
    assert models.implausible_gain(given, made, limits).state is state


def test_without_outcomes_gain_and_events_are_not_evaluated(given, limits):
    bare = replace(given, default=None)
    assert models.implausible_gain(bare, None, limits).state is State.NOT_EVALUATED
    assert rows.few_events(bare, None, limits).state is State.NOT_EVALUATED


def test_a_new_column_that_nobody_protects_weighs_less(given):
    scorer = GivenScorer((*FEATURES, Column("rent")), Calibration())
    side = Side("pruned", scorer, np.column_stack([given.challenger.matrix, np.zeros(1_500)]))
    result = models.newly_read(replace(given, challenger=side))
    assert (result.severity, result.statement) == (Severity.MEDIUM, "The challenger newly reads: rent.")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(CutoffSource.SAMPLE), "set on the reviewed rows"),
        (Terms(challenger_cutoff=0.2), "a cutoff of its own"),
        (Terms(challenger_cutoff=0.35), ""),
        (Terms(CutoffSource.GIVEN), ""),
    ],
)
def test_a_cutoff_must_stand_before_the_rows_are_read(given, terms, said):
    assert said in models.cutoff(replace(given, terms=terms)).statement


def test_without_hashes_known_rows_are_not_evaluated(given):
    bare = [replace(side, development_rows=None) for side in given.sides]
    assert rows.training_rows(replace(given, champion=bare[0], challenger=bare[1])).state is State.NOT_EVALUATED


def test_rows_that_are_equal_by_chance_are_no_warning(given):
    matrix = given.champion.matrix
    sketch = RowSketch.of("s", matrix[:150], matrix[:0])
    by_chance = replace(sketch, chance=0.1)
    states = [rows.training_rows(replace(given, champion=replace(given.champion, development_rows=s))).state
            for s in (sketch, by_chance)]  # fmt: skip
    assert states == [State.WARNED, State.CLEAR]


def test_the_reference_of_a_bundle_serves_where_no_earlier_rows_do(given, limits):
    then = given.earlier.champion
    deciles = {c.name: _deciles(then.matrix[:, i]) for i, c in enumerate(FEATURES)}
    missing = {c.name: float(np.isnan(then.matrix[:, i]).mean()) for i, c in enumerate(FEATURES)}
    edges = tuple(np.quantile(then.pd, np.arange(1, 10) / 10))
    reference = Reference({}, missing, edges, (0.1,) * 10, 1_500, deciles)
    alone = replace(given, earlier=None, champion=replace(given.champion, reference=reference))
    assert {caution.state for caution in columns.of_columns(alone, limits)} == {State.CLEAR}
    matrix = np.ascontiguousarray(alone.champion.matrix[:, [0, 2, 1]])
    swapped = replace(alone, champion=replace(alone.champion, matrix=matrix))
    assert next(columns.of_columns(swapped, limits)).statement == "Columns seem to be swapped: income and months."


def test_a_feature_that_moves_without_the_score_is_named(given, limits):
    matrix = given.champion.matrix.copy()
    matrix[:, 2] += 30
    _, shifted = columns.of_columns(replace(given, champion=replace(given.champion, matrix=matrix)), limits)
    assert shifted.statement == "The rows are not like those before: features have shifted (months)."


def test_a_value_that_many_rows_share_has_all_of_them():
    zeros = np.concatenate([np.zeros(38), np.repeat([1.0, 2.0, 3.0], 20), [9.0, 9.0], np.full(100, np.nan)])
    reference = Reference(missing={"a": 0.5}, rows=200, quantiles={"a": _deciles(zeros)})
    shape = columns._of_reference("a", reference)
    assert shape.edges == (0.0, 1.0, 2.0, 3.0)
    assert shape.counts == pytest.approx((38, 20, 20, 20, 2, 100))
    assert shape.distance(zeros) == pytest.approx(-len(shape.edges) * 2 / 200)


def test_nothing_to_compare_with_is_told(given, limits):
    bare = replace(given, earlier=None)
    assert {caution.state for caution in columns.of_columns(bare, limits)} == {State.NOT_EVALUATED}
    assert rows.truncated(bare, limits).state is State.NOT_EVALUATED


@pytest.mark.parametrize(("keep", "said"), [(lambda pd: pd < 0.25, "highest"), (lambda pd: pd > 0.15, "lowest")])
def test_an_end_of_the_scores_that_is_gone_is_named(given, limits, keep, said):
    at = np.flatnonzero(keep(given.champion.pd))
    sides = [replace(side, matrix=side.matrix[at]) for side in given.sides]
    cut = replace(given, champion=sides[0], challenger=sides[1], default=given.default[at], cutoff=0.2)
    assert f"the {said} PDs are missing" in rows.truncated(cut, limits).statement


def test_ids_that_repeat_are_told_and_so_are_a_few_copies_not(given):
    ids = [*range(1_499), 7]
    assert rows.repeated(replace(given, ids=ids)).statement.startswith("Ids repeat")
    assert rows.repeated(replace(given, ids=list(range(1_500)))).state is State.CLEAR
    few, many = np.arange(1_500, dtype=np.uint64), np.arange(1_500, dtype=np.uint64)
    few[:20], many[:300] = 5_000, 5_000
    assert rows.repeated(replace(given, rows_sha=few)).state is State.CLEAR
    assert rows.repeated(replace(given, rows_sha=many)).severity is Severity.HIGH


def test_few_goods_are_as_bad_as_few_bads(given, limits):
    bads = np.ones(1_500, np.int8)
    bads[:40] = 0
    result = rows.few_events(replace(given, default=bads), None, limits)
    assert result.statement == "The sample has too few events: 40 goods."
