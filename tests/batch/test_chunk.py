"""A chunk: PDs are the scorer's own; points, grades, decisions, reasons and quarantine follow from the bundle."""

import json
from math import log

import numpy as np
import pyarrow as pa
import pytest
from samples import FEATURES, drawn
from scipy.special import expit

from riskmodel import bundle
from riskmodel.batch import Chunk
from riskmodel.config import Scoring
from riskmodel.core import Calibration, Kind, Policy, Reference, Scale
from riskmodel.errors import DataError
from riskmodel.explanation.reasons import Reasons

POLICY = Policy(cutoff=0.4, refer_from=0.3, grade_edges=(0.1, 0.2, 0.5))


def applications(sample):
    """A sample as it would come: categories as text, missing as null."""
    columns = {}
    for i, column in enumerate(FEATURES):
        values = sample.matrix[:, i]
        if column.categories:
            columns[column.name] = pa.array([column.categories[int(code)] for code in values])
        else:
            columns[column.name] = pa.array(values, mask=np.isnan(values))
    return pa.RecordBatch.from_pydict(columns)


def chunk_of(scorer, **more):
    return Chunk.from_bundle(bundle.pack(scorer, POLICY, {}, {}, **more))


def ids(rows):
    return pa.array(range(rows), pa.int64())


@pytest.mark.parametrize("kind", ["lgbm", "xgb", "scorecard", "neural"])
def test_pds_are_the_scorers_own(fitted, fresh, kind):
    scorer = fitted(kind)
    scored = chunk_of(scorer)(applications(fresh), ids(len(fresh)))
    assert scored.aside is None
    assert scored.rows["id"].to_pylist() == list(range(len(fresh)))
    np.testing.assert_array_equal(scored.rows["pd"].to_numpy(), scorer.score(fresh))
    assert set(scored.rows["model_sha256"].to_pylist()) == {scorer.sha256}


class Given:
    """A scorer that gives the margins it was made with."""

    features = (FEATURES[0],)
    calibration = Calibration()

    def __init__(self, *margins):
        self.margins = np.array(margins, float)

    def margin(self, matrix):
        return self.raw_margin(matrix)

    def raw_margin(self, matrix):
        return self.margins[: len(matrix)]


def given(*margins, policy=POLICY, scale=Scale()):  # noqa: B008
    scorer = Given(*margins)
    chunk = Chunk(scorer, policy, Scoring(), scale, Reasons(scorer), (), "x")
    rows = pa.RecordBatch.from_pydict({"income": pa.array([1.0] * len(margins))})
    return chunk(rows, ids(len(margins)))


def test_a_pd_on_an_edge_belongs_above_it():
    """Edges are what the logistic function gives, so that a PD lies on one of them to the last bit."""
    edges = expit(np.array([-2.0, -1.0, 0.0]))
    policy = Policy(cutoff=edges[2], refer_from=edges[1], grade_edges=tuple(edges))
    rows = given(-3, -2, -1.5, -1, -0.5, 0, 2, policy=policy).rows.to_pydict()
    assert "".join(rows["grade"]) == "ABBCCDD"
    assert rows["decision"] == ["approve"] * 3 + ["refer"] * 2 + ["decline"] * 2


def test_points_double_the_odds_and_are_whole():
    scale = Scale(pdo=20, base_points=600, base_odds=50)
    points = given(-log(50), -log(100), -log(25), 0, scale=scale).rows["points"]
    assert points.to_pylist() == [600, 620, 580, round(600 - 20 * log(50) / log(2))]


def test_only_the_declined_and_the_referred_have_reasons(fitted, fresh):
    chunk = chunk_of(fitted("lgbm"), reasons={"income": "Income is low"})
    rows = chunk(applications(fresh), ids(len(fresh))).rows.to_pydict()
    matrix = fresh.matrix
    for i, decision in enumerate(rows["decision"]):
        row_reasons = [rows[f"reason_{n}"][i] for n in (1, 2, 3, 4)]
        codes = [] if decision == "approve" else [c for c in chunk.reasons(matrix[[i]])[0] if c >= 0]
        expected = [chunk.reasons.names[code] for code in codes]
        assert row_reasons == expected + [None] * (4 - len(expected))
    assert "Income is low" in rows["reason_1"]


def faulty(rows=40):
    """Every tenth income is text, one purpose is new, one id is missing."""
    batch = applications(drawn(rows, 6))
    income = ["lots" if i % 10 == 3 else str(v) for i, v in enumerate(batch["income"].to_pylist())]
    purpose = ["moon" if i == 5 else v for i, v in enumerate(batch["purpose"].to_pylist())]
    batch = batch.set_column(0, "income", pa.array([None if v == "None" else v for v in income]))
    return batch.set_column(2, "purpose", pa.array(purpose)).append_column("id", pa.array(range(rows)))


def test_rows_that_break_a_rule_are_set_aside_as_they_came(fitted):
    chunk, batch = chunk_of(fitted("lgbm"), scoring=Scoring(unseen="quarantine")), faulty()
    names = pa.array([None if i == 7 else f"L{i}" for i in range(40)])
    result = chunk(batch, names)
    aside = result.aside.to_pylist()
    assert [row["id"] for row in aside] == ["L3", "L5", None, "L13", "L23", "L33"]
    assert [row["why"] for row in aside[:3]] == ["income: wrong type", "purpose: unseen level", "id: missing value"]
    assert [row["id (input)"] for row in aside] == [3, 5, 7, 13, 23, 33]
    assert aside[0]["income"] == "lots"
    assert result.rows["id"].to_pylist() == [f"L{i}" for i in range(40) if i % 10 != 3 and i not in (5, 7)]
    assert result.tally["quarantine"] == {"income: wrong type": 4, "purpose: unseen level": 1, "id: missing value": 1}
    alone = chunk(batch.slice(0, 3), names.slice(0, 3))
    np.testing.assert_array_equal(result.rows["pd"].to_numpy()[:3], alone.rows["pd"].to_numpy())


def test_a_batch_without_a_good_row_or_without_rows_gives_no_scores(fitted):
    chunk = chunk_of(fitted("xgb"))
    bad = faulty().filter(pa.array([i % 10 == 3 for i in range(40)]))
    result = chunk(bad, ids(bad.num_rows))
    assert (result.rows.num_rows, result.aside.num_rows) == (0, 4)
    empty = chunk(applications(drawn(3, 1)).slice(0, 0), ids(0))
    assert (empty.rows.num_rows, empty.aside) == (0, None)
    assert empty.rows.schema == result.rows.schema


def test_columns_may_come_in_any_order_and_among_others(fitted, fresh):
    chunk, batch = chunk_of(fitted("lgbm")), applications(fresh)
    other = batch.select(batch.schema.names[::-1]).append_column("mood", pa.array(["good"] * len(fresh)))
    assert chunk(batch, ids(len(fresh))).rows.equals(chunk(other, ids(len(fresh))).rows)


def test_what_is_counted_adds_up(fitted, fresh):
    reference = Reference(edges=(0.1, 0.3), shares=(0.5, 0.3, 0.2))
    tally = chunk_of(fitted("scorecard"), reference=reference)(applications(fresh), ids(len(fresh))).tally
    assert {sum(tally[section].values()) for section in ("decisions", "grades", "scores")} == {len(fresh)}
    assert tally["missing"]["income"] == np.isnan(fresh.matrix[:, 0]).sum() > 0
    assert sum(tally["reasons"].values()) <= len(fresh) - tally["decisions"]["approve"]


def test_a_missing_column_is_refused(fitted):
    with pytest.raises(DataError, match="must be"):
        chunk_of(fitted("lgbm"), scoring=Scoring(wrong_type="refuse"))(faulty(), ids(40))


def test_categories_are_read_alike_as_text_and_as_dictionaries(fitted, fresh):
    chunk, batch = chunk_of(fitted("lgbm")), applications(fresh)
    at = [column.kind for column in FEATURES].index(Kind.CATEGORICAL)
    encoded = batch.set_column(at, FEATURES[at].name, batch.column(at).dictionary_encode())
    assert chunk(batch, ids(len(fresh))).rows.equals(chunk(encoded, ids(len(fresh))).rows)


def test_counterfactuals_are_a_column_of_values_that_would_be_approved(fitted, fresh):
    """Each is put in the place of what the application has, and the row is scored again."""
    scorer = fitted("lgbm")
    packed = bundle.pack(scorer, POLICY, {}, {})
    rows = Chunk.from_bundle(packed, counterfactuals=True)(applications(fresh), ids(len(fresh))).rows
    plain = Chunk.from_bundle(packed)(applications(fresh), ids(len(fresh))).rows
    assert rows.select(plain.schema.names).equals(plain)
    given = rows["counterfactuals"].to_pylist()
    assert all(one is None for one, how in zip(given, rows["decision"].to_pylist(), strict=True) if how == "approve")
    place = {column.name: i for i, column in enumerate(FEATURES)}
    tried = 0
    for row, text in enumerate(given):
        for one in json.loads(text or "[]"):
            changed, at = fresh.matrix[[row]].copy(), place[one["column"]]
            levels = FEATURES[at].categories
            changed[0, at] = levels.index(one["value"]) if levels else one["value"]
            assert scorer.pd(changed)[0] < POLICY.refer_from
            tried += 1
    assert tried > 50
