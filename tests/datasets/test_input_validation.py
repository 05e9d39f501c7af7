"""Each fault by each policy, against a row-by-row reading of the rules."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.config import Scoring
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError

INCOME = Column("income", low=0.0, high=100.0, codes=(-9.0,), nullable=False)
JOB = Column("job", kind=Kind.CATEGORICAL, categories=("baker", "clerk"))
FEATURES = (INCOME, Column("income is -9", codes=(-9.0,), source="income"), JOB)
ALL_ASIDE = Scoring(wrong_type="quarantine", missing_value="quarantine", unseen="quarantine", out_of_range="quarantine")


def _batch(income, job):
    return pa.RecordBatch.from_pydict({"id": list(range(len(job))), "income": income, "job": job})


def _slow_reason(income, job):
    """Why a row is set aside when every policy says so; codes are in no range."""
    why = []
    try:
        number = math.nan if income in (None, "") else float(income)
    except ValueError:
        number, why = math.nan, ["income: wrong type"]
    if math.isinf(number):
        number, why = math.nan, ["income: wrong type"]
    if math.isnan(number):
        why = why or ["income: missing value"]
    elif number != -9 and not 0 <= number <= 100:
        why.append("income: out of range")
    if job and job not in JOB.categories:
        why.append("job: unseen level")
    return "; ".join(why)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "5", " 7.5 ", "-9", "101", "lots", "1e3", "-0.5", "", "1,000"]),
            st.sampled_from([None, "", "baker", "clerk", "miner"]),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None)
def test_rows_are_set_aside_for_every_fault_that_they_have(rows):
    income, job = zip(*rows, strict=True)
    result = input_validation.guarded(
        _batch(pa.array(income, pa.string()), pa.array(job, pa.string())), FEATURES, ALL_ASIDE
    )
    slow = [_slow_reason(*row) for row in rows]
    assert result.aside.tolist() == [bool(why) for why in slow]
    assert result.reasons == [why for why in slow if why]
    assert sum(result.uses.values()) == sum(len(why.split("; ")) for why in slow if why)


def test_infinite_numbers_are_of_a_wrong_type_in_any_column_of_floats():
    result = input_validation.guarded(_batch([math.inf, 5.0, -math.inf], ["baker"] * 3), FEATURES, Scoring())
    assert result.aside.tolist() == [True, False, True]
    assert result.uses["income: wrong type: quarantine"] == 2


def test_a_fault_that_counts_as_missing_reaches_the_scorer_as_missing():
    rules = Scoring(wrong_type="missing", unseen="missing", out_of_range="missing")
    result = input_validation.guarded(
        _batch(["x", "101", "-9", "6"], ["miner", "baker", "clerk", None]), FEATURES, rules
    )
    assert not result.aside.any()
    matrix = encode.matrix(result.rows, FEATURES)
    np.testing.assert_array_equal(matrix, [[np.nan, 0, np.nan], [np.nan, 0, 0], [np.nan, 1, 1], [6, 0, np.nan]])


def test_what_is_accepted_is_unchanged_and_counted():
    batch = _batch([101.0, None, 3.0], ["baker", "clerk", "baker"])
    result = input_validation.guarded(batch, FEATURES, Scoring())
    assert result.rows["income"].to_pylist() == [101.0, None, 3.0]
    assert result.uses == {"income: missing value: accept": 1, "income: out of range: accept": 1}


@pytest.mark.parametrize(
    ("rules", "income", "reason"),
    [
        (
            Scoring(wrong_type="refuse"),
            ["x", "1", "y"],
            "column 'income' must be a finite number, however: 'x' in 2 rows",
        ),
        (
            Scoring(unseen="refuse"),
            [1, 2, 3],
            "column 'job' must be among the 2 levels of train, however: 'miner' in 1",
        ),
        (Scoring(out_of_range="refuse"), [1, 2, 999], r"must be in \[0.0, 100.0\], however: '999' in 1 rows"),
        (
            Scoring(missing_value="refuse"),
            [1, None, 3],
            "column 'income' must not be missing, however: 'None' in 1 rows",
        ),
    ],
)
def test_a_file_is_refused_where_the_policy_says_so(rules, income, reason):
    with pytest.raises(DataError, match=reason):
        input_validation.guarded(_batch(income, ["baker", "miner", "clerk"]), FEATURES, rules)


def test_a_missing_column_is_refused_or_missing_in_every_row():
    batch = _batch([1, 2], ["baker", "clerk"]).drop_columns(["job"])
    with pytest.raises(DataError, match="no column 'job'; the columns are 'id', 'income'"):
        input_validation.check_names(batch.schema.names, FEATURES, Scoring())
    rules = Scoring(missing_column="missing")
    input_validation.check_names(batch.schema.names, FEATURES, rules)
    result = input_validation.guarded(batch, FEATURES, rules)
    assert result.uses == {"job: missing column: missing": 2}
    assert np.isnan(encode.matrix(result.rows, FEATURES)[:, 2]).all()


def test_a_column_that_the_model_does_not_know_is_left_alone_or_refused():
    input_validation.check_names(["income", "job", "mood"], FEATURES, Scoring())
    with pytest.raises(DataError, match="column 'mood' must not be there"):
        input_validation.check_names(
            ["id", "income", "job", "mood"], FEATURES, Scoring(extra_column="refuse"), known=["id"]
        )


def test_a_level_for_all_others_knows_no_unseen_one():
    job = Column("job", kind=Kind.CATEGORICAL, categories=("baker", "(other)"), other=True)
    result = input_validation.guarded(_batch([1, 2], ["miner", "baker"]), (job,), Scoring(unseen="refuse"))
    assert not result.faults


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [2]]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([b"1", b"2"]),
        pa.array([1, 2], pa.timestamp("s")),
    ],
)
def test_a_column_of_an_impossible_type_sets_every_row_aside(column):
    result = input_validation.guarded(_batch(column, ["baker", "clerk"]), FEATURES, Scoring())
    assert result.aside.all()
    assert result.reasons == ["income: wrong type"] * 2


def test_faults_of_all_batches_are_added_up():
    assert input_validation.totals(iter([{"b": 2}, {"a": 1, "b": 3}])) == {"a": 1, "b": 5}


def test_a_column_whose_levels_are_written_in_another_way_is_refused_and_not_scored_as_missing():
    jobs = ["miner"] * 60 + ["baker"] * 940
    batch = _batch([5.0] * 1000, jobs)
    with pytest.raises(
        DataError, match=r"'job' has levels that train did not have in 6.0% of 1,000 rows, first 'miner'"
    ):
        input_validation.guarded(batch, FEATURES, Scoring())
    assert input_validation.guarded(batch, FEATURES, Scoring(unseen="quarantine")).aside.sum() == 60
    assert input_validation.guarded(batch, FEATURES, Scoring(most_unseen=0.06)).uses["job: unseen level: missing"] == 60
    assert input_validation.guarded(batch.slice(0, 999), FEATURES, Scoring()).uses["job: unseen level: missing"] == 60
