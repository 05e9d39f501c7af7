"""Spark's own expressions answer what the local engine answers, without Python; what they cannot is one line."""

import json
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from batch import spark_cluster
from batch.books import applications, contents, packed, scored
from samples import FEATURES

from riskmodel import batch, bundle, privacy
from riskmodel.batch import InputSpelling, Job, spark
from riskmodel.batch.spark.native import first_rows
from riskmodel.config import Scoring
from riskmodel.errors import DataError, RiskModelError, UnsupportedScorer

with_spark = pytest.mark.skipif(spark_cluster.ABSENT is not None, reason=str(spark_cluster.ABSENT))

LIGHT = {
    "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1",
    "PYSPARK_PYTHON": "/nowhere/python",
}  # no worker, no second compiler


@pytest.fixture(scope="module")
def session():
    """One core of this very process; no worker of Python is ever asked for."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {**spark_cluster.environment(), **LIGHT}.items():
            patched.setenv(name, value)
        with spark.opened("local[1]") as opened:
            opened.conf.set("spark.sql.files.maxPartitionBytes", "12k")
            opened.conf.set("spark.sql.files.openCostInBytes", "1k")
            yield opened


def natively(session, model, source, output, **more):
    return spark.score(model, source, output, session=lambda: nullcontext(session), native=True, **more)


def same_answers(folder, other):
    """Every answer by id; PDs within 1e-9."""
    one, two = (scored(place).sort_by("id") for place in (folder, other))
    assert one.column_names == two.column_names
    assert one["points"].type == pa.int32()
    for name in one.column_names:
        if name == "pd":
            np.testing.assert_allclose(one[name], two[name], rtol=0, atol=1e-9)
        else:
            assert one[name].to_pylist() == two[name].cast(one[name].type).to_pylist(), name
    return one


def aside(folder):
    parts = [pq.read_table(path).to_pylist() for path in (folder / "quarantine").glob("*.parquet")]
    return sorted((row for part in parts for row in part), key=lambda row: str(row["id"]))


@pytest.fixture
def book(tmp_path):
    """Two headers, several row groups, a key in a folder's name, whole numbers, faults of all kinds."""
    folder, table = tmp_path / "the book", applications(400, 11)
    levels = table["purpose"].to_pylist()
    levels[:4] = ["", "moon", None, "null"]
    incomes = table["income"].to_pylist()
    incomes[7], incomes[8], incomes[9] = float("inf"), float("nan"), None
    table = table.set_column(3, "purpose", pa.array(levels)).set_column(1, "income", pa.array(incomes, pa.float64()))
    loans = table["loan"].to_pylist()
    table = table.set_column(0, "loan", pa.array([*loans[:20], None, *loans[21:]]))
    for name in ("plain", "purpose=car"):
        (folder / name).mkdir(parents=True)
    pq.write_table(table.slice(0, 250), folder / "plain" / "a.parquet", row_group_size=120)
    encoded = table.set_column(3, "purpose", table["purpose"].combine_chunks().dictionary_encode())
    pq.write_table(encoded.slice(250, 60), folder / "plain" / "b c.parquet")
    whole = table.set_column(4, "months", table["months"].cast(pa.int32()))
    pq.write_table(whole.slice(310, 90).drop_columns(["purpose"]), folder / "purpose=car" / "e.parquet")
    return folder


@pytest.mark.slow
@with_spark
def test_spark_itself_gives_the_answers_of_the_local_engine(session, fitted, book, tmp_path):
    """Answers, rows set aside, and everything that is counted."""
    model = packed(fitted("scorecard"), scoring=Scoring(out_of_range="quarantine", wrong_type="quarantine"))
    here = batch.score(model, book, tmp_path / "local")
    there = natively(session, model, book, tmp_path / "spark")
    rows = same_answers(tmp_path / "spark", tmp_path / "local")
    assert rows.num_rows > 300
    assert rows["reason_1"].drop_null().unique().to_pylist()
    assert aside(tmp_path / "spark") == aside(tmp_path / "local")
    of_the_run = ("seconds", "threads")
    assert {k: v for k, v in there.items() if k not in of_the_run} == {
        k: v for k, v in here.items() if k not in of_the_run
    }
    manifest = json.loads((tmp_path / "spark" / "manifest.json").read_bytes())
    assert {part["name"]: part["sha256"] for part in manifest["parts"]} == contents(
        tmp_path / "spark", ("run.json", "manifest.json")
    )
    assert manifest["native"] is True
    whole = pq.read_schema(tmp_path / "spark" / "part-00000.parquet").metadata
    assert privacy.MARK in b" ".join([*whole.keys(), *whole.values()])


@pytest.mark.slow
@with_spark
def test_a_row_has_its_number_in_the_book_and_missing_its_spelling(session, fitted, tmp_path):
    features = (*FEATURES[:2], replace(FEATURES[2], categories=("7", "00012", "true", "it's", "rest"), other=True),
                *FEATURES[3:])  # fmt: skip
    model = bundle.pack(replace(fitted("xgb"), features=features), packed(fitted("xgb")).policy, {}, {})
    (tmp_path / "in").mkdir()
    for name, rows in (("a", 90), ("b", 1), ("c", 70)):
        spelt = pa.array(["007", "12", "TRUE", "?", "it's", "7.00", "NA", None, "12.0", "0"] * 9)[:rows]
        table = applications(rows, rows).set_column(3, "purpose", spelt)
        pq.write_table(table, tmp_path / "in" / f"{name}.parquet", row_group_size=30)
    spelling = InputSpelling(("?",), 1.0)
    natively(session, model, tmp_path / "in", tmp_path / "spark", spelling=spelling)
    batch.score(model, tmp_path / "in", tmp_path / "local", Job(spelling=spelling))
    assert same_answers(tmp_path / "spark", tmp_path / "local")["id"].to_pylist() == list(range(161))


@with_spark
def test_what_a_rule_refuses_or_what_differs_leaves_nothing(session, fitted, tmp_path, monkeypatch):
    pq.write_table(applications(50, 1), tmp_path / "book.parquet")
    pq.write_table(applications(50, 1).set_column(3, "purpose", pa.array(["moon"] * 50)), tmp_path / "moon.parquet")
    refusing = packed(fitted("scorecard"), scoring=Scoring(unseen="refuse"))
    with pytest.raises(DataError, match=r"^column 'purpose' has unseen level in 50 rows, which the model refuses"):
        natively(session, refusing, tmp_path / "moon.parquet", tmp_path / "out")
    monkeypatch.setattr(first_rows, "TOLERANCE", -1.0)
    with pytest.raises(RiskModelError, match=r"must answer as score does, however: a PD moves by .* leave --native"):
        natively(session, packed(fitted("scorecard")), tmp_path / "book.parquet", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def refused(model, source, tmp_path, error, match):
    """Before a session is asked for anything but its name."""

    class Nothing:
        def newSession(self):  # noqa: N802 - Spark's name
            raise AssertionError("Spark was asked")

    with pytest.raises(error, match=match):
        natively(Nothing(), model, source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_spark_reads_otherwise_is_refused_in_one_line(fitted, tmp_path):
    pytest.importorskip("pyspark")
    table = applications(30, 1)
    pa_csv.write_csv(table, tmp_path / "a.csv")
    pq.write_table(table.set_column(1, "income", table["income"].cast(pa.string())), tmp_path / "text.parquet")
    pq.write_table(table.drop_columns(["noise"]), tmp_path / "less.parquet")
    model = packed(fitted("scorecard"), scoring=Scoring(missing_column="missing"))
    refused(model, tmp_path / "a.csv", tmp_path, DataError, "--native reads Parquet of plain numbers and text alone")
    refused(model, tmp_path / "text.parquet", tmp_path, DataError, "'income' must be a number for --native")
    refused(model, tmp_path / "less.parquet", tmp_path, DataError, "every column of the model, however: no 'noise'")
    pq.write_table(table, tmp_path / "book.parquet")
    refused(packed(fitted("mlp")), tmp_path / "book.parquet", tmp_path, UnsupportedScorer, "must be a sum of trees")


def test_native_is_of_spark(riskmodel, tmp_path):
    command = ("score", "--model", tmp_path, "--input", tmp_path, "--output", tmp_path / "out", "--native")
    code, _, errors = riskmodel(*command)
    assert (code, "--native are of --engine spark" in errors) == (2, True)
