"""A record is decided as the batch decides it: the same numbers, rules, grades, reasons, to the last bit."""

import json
import math
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from batch.books import applications, packed

from riskmodel import bundle
from riskmodel.batch import Chunk
from riskmodel.batch.chunk import WHY
from riskmodel.bundle import Bundle
from riskmodel.config import Scoring
from riskmodel.core import Column, Kind, Policy
from riskmodel.errors import DataError
from riskmodel.serving import DecisionModel
from riskmodel.serving.row import MOST_LEVELS, RowReader

EVERY = ("lgbm", "xgb", "scorecard", "simple", "blend", "mlp")


def in_a_batch(saved: Bundle, table: pa.Table) -> list[dict]:
    [batch] = table.combine_chunks().to_batches()
    scored = Chunk.from_bundle(saved)(batch, pa.array(range(table.num_rows)))
    answers = {row["id"]: row for row in scored.rows.to_pylist()}
    if scored.aside is not None:
        answers |= {row["id"]: {"why": row[WHY]} for row in scored.aside.to_pylist()}
    return [answers[i] for i in range(table.num_rows)]


def same(answer, row) -> None:
    if "why" in row:
        assert ("; ".join(answer.why), answer.decision, answer.pd) == (row["why"], None, None)
        return
    reasons = tuple(row[f"reason_{i}"] for i in range(1, 5) if row[f"reason_{i}"] is not None)
    wanted = (row["pd"], row["points"], row["grade"], row["decision"], reasons, row["model_sha256"], ())
    assert (
        answer.pd, answer.points, answer.grade, answer.decision, answer.reasons, answer.model_sha256, answer.why
    ) == wanted  # fmt: skip


@pytest.mark.parametrize("kind", EVERY)
def test_a_record_is_answered_as_its_row_of_a_batch(fitted, kind):
    saved, table = packed(fitted(kind), policy=Policy(0.25, 0.2, (0.1, 0.2, 0.5))), applications(700, 21)
    model = DecisionModel.from_bundle(saved)
    rows = in_a_batch(saved, table)
    for record, row in zip(table.to_pylist(), rows, strict=True):
        answer = model.decide(record)
        assert answer.id == record["loan"]
        if kind == "mlp":  # BLAS sums one row in another order than many
            assert answer.pd == pytest.approx(row["pd"], rel=1e-6)
        same(answer, {**row, "pd": answer.pd} if kind == "mlp" else row)
    assert {row["decision"] for row in rows} == {"approve", "refer", "decline"}


ODD = [1, 0, -1, 2.5, -0.0, 1e300, math.inf, -math.inf, math.nan, None, True, False, 2**62, 2**70, -(2**63), "7", " 7 ",
       "-9", "1e3", "abc", "", "NA", "null", "car", "boat ", "Car", "yacht", "other", 7, 96, 96.0, "96",
       Decimal("7.81"), "2.0", "true", b"raw", [1], {"a": 1}, np.float64(96), np.float32(0.1), np.int64(3)]  # fmt: skip

COLUMNS = (
    Column("months", low=0.0, high=60.0, codes=(96.0,), nullable=False),
    Column("months is 96", codes=(96.0,), source="months", nullable=False),
    Column("income", low=-2.0, high=2.0),
    Column("debt is 7", codes=(7.0,), source="debt"),
    Column("purpose", kind=Kind.CATEGORICAL, categories=("boat", "car", "7", "96"), nullable=False),
    Column("home", kind=Kind.CATEGORICAL, categories=("1", "2", "true", "other"), other=True),
)
RULES = [
    Scoring(),
    Scoring(missing_column="missing", wrong_type="missing", out_of_range="missing", missing_value="quarantine"),
    Scoring(wrong_type="quarantine", unseen="quarantine", out_of_range="quarantine", missing_value="quarantine"),
    Scoring(wrong_type="refuse", unseen="refuse", out_of_range="refuse", missing_value="refuse"),
]


def read_in_a_batch(record, rules):
    """The matrix's row and the faults, by the code of the batch."""
    from riskmodel.datasets import encode, input_validation

    input_validation.check_names(list(record), COLUMNS, rules)
    batch = pa.RecordBatch.from_pydict({name: pa.array([value]) for name, value in record.items()})
    guarded = input_validation.guarded(batch, COLUMNS, rules)
    if guarded.aside.any():
        return None, guarded.reasons[0]
    return encode.matrix(guarded.rows, COLUMNS)[0], ""


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("column", ["months", "income", "debt", "purpose", "home"])
def test_every_odd_value_means_what_it_means_in_a_batch(rules, column):
    reader = RowReader(COLUMNS, rules)
    usual = {"months": 12, "income": 0.5, "debt": 1.0, "purpose": "car", "home": "2"}
    for value in [*ODD, *ODD]:  # the second time from what was kept
        record = {**usual, column: value}
        try:
            wanted, why = read_in_a_batch({**record, column: float(value) if value == 2**70 else value}, rules)
        except DataError:
            with pytest.raises(DataError):
                reader(record)
            continue
        row, faults = reader(record)
        assert "; ".join(faults) == why, value
        if wanted is not None:
            np.testing.assert_array_equal(np.array(row, float), wanted, str(value))


@pytest.mark.parametrize("rules", [Scoring(), Scoring(missing_column="missing"), Scoring(extra_column="refuse")])
def test_columns_that_are_missing_or_unknown_are_as_in_a_batch(rules):
    reader = RowReader(COLUMNS, rules, ["loan"])
    usual = {"months": 12, "income": 0.5, "debt": 1.0, "purpose": "car", "home": "2"}
    reader({**usual, "loan": 1})
    for name in usual:
        record = {key: value for key, value in usual.items() if key != name}
        if rules.missing_column == "refuse":
            with pytest.raises(DataError, match=f"no column '{name}'"):
                reader(record)
        else:
            np.testing.assert_array_equal(reader(record)[0], read_in_a_batch(record, rules)[0])
    if rules.extra_column == "refuse":
        with pytest.raises(DataError, match="column 'age' must not be there"):
            reader({**usual, "age": 1})


def test_what_is_kept_of_a_column_is_bounded():
    reader = RowReader(COLUMNS, Scoring())
    for i in range(MOST_LEVELS + 50):
        reader({"months": 12, "income": 0.5, "debt": 1.0, "purpose": f"level {i}", "home": "2" * 300})
    kept = {cell.name: len(cell.known) for cell in reader.cells}
    assert (kept["purpose"], kept["home"]) == (MOST_LEVELS, 0)


def test_a_record_that_is_set_aside_says_why_and_has_no_figure(fitted):
    model = DecisionModel.from_bundle(packed(fitted("scorecard")))
    answer = model.decide({**applications(1, 3).to_pylist()[0], "income": math.inf})
    assert answer.why == ("income: wrong type",)
    assert (answer.pd, answer.points, answer.decision, answer.reasons) == (None, None, None, ())
    assert answer.as_json["why"] == ("income: wrong type",)


def test_what_may_change_is_kept_in_the_bundle_for_one_row_and_for_a_batch(fitted, tmp_path):
    scorer, table = fitted("scorecard"), applications(200, 22)
    cut = float(np.quantile(scorer.pd(scorer.probes(200)), 0.3))
    bundle.save(packed(scorer, policy=Policy(cut, cut, (0.1,)), actionable={"utilisation": "down"}), tmp_path / "saved")
    saved = bundle.read(tmp_path / "saved")
    [batch] = table.combine_chunks().to_batches()
    rows = Chunk.from_bundle(saved, counterfactuals=True)(batch, pa.array(range(200))).rows.to_pylist()
    model, some = DecisionModel.from_bundle(saved), 0
    for record, row in zip(table.to_pylist(), rows, strict=True):
        changes = model.decide(record, counterfactuals=True).counterfactuals
        assert [each.as_json for each in changes] == json.loads(row["counterfactuals"] or "[]")
        assert all(each.column == "utilisation" and each.value < each.now for each in changes)
        some += len(changes)
    assert some
