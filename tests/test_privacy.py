"""No message repeats what stands in a table, unless somebody asked for it."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch.books import applications, packed

from riskmodel import batch, bundle, privacy, tables
from riskmodel.config import Scoring
from riskmodel.core import Column
from riskmodel.datasets.split.record import recorded
from riskmodel.datasets.split.rows import Rows
from riskmodel.errors import DataError
from riskmodel.tables import CellRule, Reading

PERSON = "Erika Mustermann"
FAULTS = {
    "no number": f"loan,income\n1,5\n2,{PERSON}\n",
    "too many fields": f"loan,income\n1,5\n2,{PERSON},7\n",
    "not UTF-8": f"loan,income\n1,5\n2,{PERSON}\udcff\n",
    "an open quote": f'loan,income\n1,5\n2,"{PERSON}\n',
}


@pytest.fixture(autouse=True)
def as_unasked(values_allowed):
    privacy.show_values(False)


def refusal(path):
    with pytest.raises(DataError) as refused:
        tables.read(path, rules=lambda _: CellRule(Reading.NUMBER))
    return str(refused.value)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_csv_that_cannot_be_read_is_told_by_its_line_alone(tmp_path, fault):
    (tmp_path / "people.csv").write_bytes(FAULTS[fault].encode("utf-8", "surrogateescape"))
    line = refusal(tmp_path / "people.csv")
    assert PERSON.split(maxsplit=1)[0] not in line
    assert "line" in line


@pytest.mark.parametrize("fault", ["no number", "not UTF-8"])
def test_the_value_is_shown_where_it_was_asked_for(tmp_path, fault):
    (tmp_path / "people.csv").write_bytes(FAULTS[fault].encode("utf-8", "surrogateescape"))
    assert "--show-values" in refusal(tmp_path / "people.csv")
    privacy.show_values()
    assert PERSON in refusal(tmp_path / "people.csv")


@pytest.mark.parametrize("rules", [Scoring(wrong_type="refuse"), Scoring(unseen="refuse")])
@pytest.mark.parametrize("column", ["income", "purpose"])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_scoring_repeats_no_value_either(riskmodel, fitted, tmp_path, rules, column, form):  # noqa: PLR0917
    bundle.save(packed(fitted("scorecard"), scoring=rules), tmp_path / "model")
    table = applications(50, 1)
    texts = [PERSON if i == 7 else str(value) for i, value in enumerate(table[column].to_pylist())]
    table = table.set_column(table.column_names.index(column), column, pa.array(texts))
    path = tmp_path / f"people.{form}"
    if form == "csv":
        table.to_pandas().to_csv(path, index=False)
    else:
        pq.write_table(table, path)
    code, out, err = riskmodel(
        "--quiet", "score", "--model", tmp_path / "model", "--input", path, "--output", tmp_path / "out"
    )
    assert PERSON not in out + err
    assert err.count("\n") == (code == 1)


def test_what_a_library_quotes_is_left_out():
    assert privacy.redacted("Failed to parse string: 'Erika' as double") == "Failed to parse string: '…' as double"
    assert privacy.redacted("CSV parse error: Expected 2 columns, got 3: a,Erika,b").endswith("got 3")
    assert tables.near("incme", [Column("income").name]) == "did you mean 'income'?"


def test_a_traceback_that_was_asked_for_shows_places_and_no_value(riskmodel, tmp_path, monkeypatch):
    def parsed(*_):
        try:
            raise pa.ArrowInvalid(f"Failed to parse string: '{PERSON}' as a scalar of type double")
        except pa.ArrowInvalid as error:
            raise ValueError(f"no number: '{PERSON}'") from error

    monkeypatch.setattr("riskmodel.workflows.check.check", parsed)
    monkeypatch.setattr("sys.argv", ["riskmodel", "--debug"])
    (tmp_path / "run.toml").touch()
    for given, option in (("--debug", False), ("--show-values", True)):
        code, out, err = riskmodel("--debug", given, "check", tmp_path / "run.toml")
        assert (code, PERSON in out + err) == (1, option)
        assert "test_privacy.py" in err
        assert "ArrowInvalid: Failed to parse" in err


def test_files_with_raw_values_say_of_which_columns(fitted, tmp_path):
    bundle.save(packed(fitted("scorecard"), scoring=Scoring(wrong_type="quarantine")), tmp_path / "model")
    table = applications(50, 1)
    texts = [PERSON if i == 7 else str(value) for i, value in enumerate(table["income"].to_pylist())]
    pq.write_table(table.set_column(1, "income", pa.array(texts)), tmp_path / "people.parquet")
    batch.score(bundle.read(tmp_path / "model"), tmp_path / "people.parquet", tmp_path / "out")
    assert raw_values(tmp_path / "out" / "part-00000.parquet") == ["id"]
    aside = tmp_path / "out" / "quarantine" / "part-00000.parquet"
    assert raw_values(aside) == [name for name in pq.read_schema(aside).names if name != "why"]
    assert PERSON in pq.read_table(aside)["income"].to_pylist()


@pytest.mark.parametrize("id_column", ["loan", None])
def test_a_record_of_a_split_says_whether_it_has_ids(tmp_path, id_column):
    rows = Rows(*(np.arange(10 * i, 10 * i + 10) for i in range(4)), {})
    (tmp_path / "split.parquet").write_bytes(recorded(rows, applications(40, 1), "0" * 64, id_column))
    assert raw_values(tmp_path / "split.parquet") == (["id"] if id_column else [])


def raw_values(path):
    return json.loads(pq.read_schema(path).metadata[privacy.MARK])["raw_values"]
