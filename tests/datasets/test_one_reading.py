"""The same table gives the same matrix through every door, whatever it was written as."""

import datetime
import math
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import feather

from riskmodel import tables
from riskmodel.batch import plan, reader
from riskmodel.config import Scoring
from riskmodel.core import Column, Kind
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError

LEVELS = {
    "plain": (("baker", "clerk", "Müller", "NA"), st.sampled_from(["baker", "clerk", "Müller", "NA", "miner"])),
    "whole": (("7", "12", "-9"), st.sampled_from([7, 12, -9, 5])),
    "padded": (("00007", "00012"), st.sampled_from([7, 12, 13])),
    "truth": (("false", "true"), st.booleans()),
    "capital": (("False", "True"), st.booleans()),
    "fraction": (("0.5", "2.0"), st.sampled_from([0.5, 2.0, 1e300])),
}
NUMBERS = {
    "whole": st.integers(-(2**53), 2**53),
    "fraction": st.floats(allow_nan=False, allow_infinity=False),
    "truth": st.booleans(),
}


@st.composite
def portfolios(draw):
    """A frame of a level and a number, missing values in both, with the columns of a model that reads it."""
    categories, level = draw(st.sampled_from(list(LEVELS.values())))
    rows = draw(st.integers(1, 12))
    levels = draw(st.lists(st.none() | level, min_size=rows, max_size=rows))
    numbers = draw(st.lists(st.none() | draw(st.sampled_from(list(NUMBERS.values()))), min_size=rows, max_size=rows))
    other = draw(st.booleans())
    level_column = Column("level", kind=Kind.CATEGORICAL, categories=(*categories, "(other)") if other else categories)
    frame = pd.DataFrame({"row": range(rows), "level": pd.array(levels, object), "number": pd.array(numbers, object)})
    return frame, (Column("number"), Column(**{**vars(level_column), "other": other}))


def _typed(frame: pd.DataFrame) -> pa.Table:
    return pa.table({n: pa.array([None if pd.isna(v) else v for v in frame[n]]) for n in frame.columns})


def _doors(frame, features, folder):
    """The matrix by way of each door."""
    typed = _typed(frame)
    pq.write_table(typed, folder / "p.parquet")
    feather.write_feather(typed, folder / "f.feather")
    frame.to_csv(folder / "c.csv", index=False)
    frame.to_csv(folder / "s.csv.gz", index=False, sep=";")
    for name in ("p.parquet", "f.feather", "c.csv", "s.csv.gz"):
        whole = tables.read(folder / name, rules=tables.rules_of(features))
        yield name, encode.matrix(whole, features)
        batches = tables.batches(folder / name, [Column("row"), *features], rows=5)
        yield f"{name} in batches", np.concatenate([encode.matrix(batch, features) for batch in batches])
    yield "pandas", encode.matrix(tables.of(typed.to_pandas()), features)
    yield "pandas of Arrow", encode.matrix(tables.of(typed.to_pandas(types_mapper=pd.ArrowDtype)), features)
    for name in ("p.parquet", "c.csv"):
        book = plan.book(folder / name, features, Scoring(unseen="missing"), "row", 1 << 20)
        for piece in reader.pieces(book.parts[0], "row", {"level"}):
            guarded = input_validation.guarded(piece.load().batch, features, Scoring(unseen="missing"))
            yield f"{name} for scoring", encode.matrix(guarded.rows, features)


@given(portfolio=portfolios())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_door_gives_the_same_matrix(tmp_path_factory, portfolio):
    frame, features = portfolio
    result = dict(_doors(frame, features, tmp_path_factory.mktemp("any")))
    first = result["p.parquet"]
    numbers = [math.nan if value is None else float(value) for value in frame["number"]]
    np.testing.assert_array_equal(first[:, 0], numbers)
    for name, matrix in result.items():
        np.testing.assert_array_equal(matrix, first, err_msg=name)


@pytest.mark.parametrize(
    ("categories", "cells", "codes"),
    [
        (("NA", "US"), ["NA", "", "US", "null"], [0, None, 1, None]),
        (("true", "false"), ["True", "FALSE", "1", "0.0"], [0, 1, 0, 1]),
        (("7", "12"), ["00007", "+12", "7.0", " 7"], [0, 1, 0, 0]),
        (("00007", "7"), ["7", "00007", "007"], [1, 0, None]),
        (("M\u00fcller",), [unicodedata.normalize("NFD", "M\u00fcller")], [0]),
        (("1E5",), ["100000"], [None]),
        (("",), ["", "NA"], [0, None]),
        (("2", "2.0"), ["2.0", "2", "2.00"], [1, 0, None]),
    ],
)
def test_a_level_is_looked_up_by_spelling_then_by_a_value_that_one_level_has(categories, cells, codes):
    column = Column("x", kind=Kind.CATEGORICAL, categories=categories)
    result = encode.matrix(pa.table({"x": cells}), [column])[:, 0].tolist()
    assert [None if math.isnan(code) else code for code in result] == codes


def test_own_spellings_of_missing_take_the_place_of_the_usual_ones(tmp_path):
    (tmp_path / "loans.csv").write_text("job,income\n-,.\nNA,5\nbaker,true\n")
    features = (
        Column("job", kind=Kind.CATEGORICAL, categories=("baker", "NA"), nulls=("-",)),
        Column("income", nulls=(".",)),
    )
    whole = tables.read(tmp_path / "loans.csv", rules=tables.rules_of(features))
    np.testing.assert_array_equal(encode.matrix(whole, features), [[np.nan, np.nan], [1, 5], [0, 1]])
    with pytest.raises(DataError, match=r"line 2: column 'income' must be a number, however: '\.'"):
        tables.read(tmp_path / "loans.csv", rules=tables.rules_of([Column("income")]))


def test_levels_that_the_model_does_not_know_are_counted_and_refused_above_a_share():
    column = Column("own", kind=Kind.CATEGORICAL, categories=("own", "rent"))
    table = pa.table({"own": ["own", "lease", "NA", "rent", "x"]})
    [one] = encode.unknown(table, [column])
    assert (one.rows, one.of, one.first) == (2, 5, "lease")
    assert encode.refuse_unknown(table, [column], 0.4) == (one,)
    with pytest.raises(DataError, match=r"'own' has levels .* in 40.0% of the rows, first 'lease'; it knows"):
        encode.refuse_unknown(table, [column], 0.05)


def test_dates_are_no_levels_by_value():
    column = Column("x", kind=Kind.CATEGORICAL, categories=("2024-01-01",))
    assert encode.matrix(pa.table({"x": [datetime.date(2024, 1, 1)]}), [column])[0, 0] == 0
