"""Months of a long table become columns; what is of the application's month or later never does."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from riskmodel import widen
from riskmodel.config import Data
from riskmodel.config.history import History
from riskmodel.datasets import run_table, synthetic
from riskmodel.datasets.history import widened
from riskmodel.errors import DataError

HOW = History(path="months.csv", id="customer", time="month", months=3, columns=["pay", "bill"])
APPLICATIONS = pa.table(
    {"loan": ["A", "7", "C", None], "applied": ["2024-03-31", "2024-01-15", "2024-03-01", "2024-03-01"]}
)
LONG = pa.table(
    {
        "customer": ["A", "A", "A", "A", "7", "Z", "7", "A"],
        "month": ["2024-02", "2023-12", "2024-03", "2024-04", "2023-12", "2024-02", "2024-01", "2023-11"],
        "pay": [2.0, 12.0, 3.0, 4.0, 112.0, 99.0, 101.0, 11.0],
        "bill": [20, 120, 30, 40, 1120, 990, 1010, None],
    }
)


def of(rows, *columns):
    return [rows[name].to_pylist() for name in columns]


def test_a_month_stands_where_it_belongs_and_a_missing_one_is_missing():
    rows = widened(APPLICATIONS, LONG, HOW, "loan", "applied")
    assert rows.column_names[2:] == ["pay_3", "pay_2", "pay_1", "bill_3", "bill_2", "bill_1"]
    assert of(rows, "pay_3", "pay_2", "pay_1") == [
        [12, None, None, None],
        [None, None, None, None],
        [2, 112, None, None],
    ]
    assert of(rows, "bill_3", "bill_1") == [[120, None, None, None], [20, 1120, None, None]]
    assert rows.num_rows == 4


def test_without_a_date_months_are_counted_from_the_last_of_each_id():
    rows = widened(APPLICATIONS, LONG, HOW, "loan", None)
    assert of(rows, "pay_3", "pay_2", "pay_1") == [[2, None, None, None], [3, 112, None, None], [4, 101, None, None]]


def test_nothing_of_the_applications_month_or_later_changes_a_cell():
    random = np.random.default_rng(0)
    ids, months = np.repeat(np.arange(60), 24), np.tile(np.arange(24), 60)
    day = (np.datetime64("2022-01") + months).astype("M8[D]") + random.integers(0, 28, len(months))
    long = pa.table({"loan": ids.astype(str), "day": day, "pay": random.normal(size=len(ids))})
    applied = np.datetime64("2022-08-01") + random.integers(0, 400, 60)
    rows = pa.table({"loan": np.arange(60).astype(str), "applied": applied})
    how = History(time="day", months=6, columns=["pay"])
    later = day.astype("M8[M]") >= applied.astype("M8[M]")[ids]
    changed = long.set_column(2, "pay", pa.array(np.where(later, 1e9, long["pay"].to_numpy())))
    known = long.filter(pa.array(~later))
    wide = widened(rows, long, how, "loan", "applied")
    assert wide.equals(widened(rows, changed, how, "loan", "applied"))
    assert wide.equals(widened(rows, known, how, "loan", "applied"))
    assert pc.sum(pc.is_null(wide["pay_1"])).as_py() == 0
    order = random.permutation(len(ids))
    assert wide.equals(widened(rows, long.take(pa.array(order)), how, "loan", "applied"))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"customer": ["A"] * 8}, "one row a month of each 'customer', however: 2 are further ones, first 'A' in"),
        ({"customer": ["Q"] * 8}, "must have months of some 'loan', however: none of its 'customer' is one"),
        ({"month": ["soon"] * 8}, "data.history.time: 'month' must be a date between 1900 and 2199"),
        ({"month": [None, *LONG["month"].to_pylist()[1:]]}, "data.history.time: 'month' is missing in 1 rows"),
        ({"pay": ["a"] * 8}, "pay"),
    ],
)
def test_what_cannot_be_joined_is_refused(changed, message):
    columns = {name: changed.get(name, LONG[name]) for name in LONG.column_names}
    with pytest.raises(DataError, match=message):
        widened(APPLICATIONS, pa.table(columns), HOW, "loan", "applied")


def test_a_column_that_is_there_already_is_refused():
    rows = APPLICATIONS.append_column("pay_2", pa.array([1, 2, 3, 4]))
    with pytest.raises(DataError, match="makes a column 'pay_2', however: the applications have one already"):
        widened(rows, LONG, HOW, "loan", "applied")


@pytest.fixture
def folder(tmp_path):
    """A portfolio, and twelve months before and three after each of its loans."""
    whole = synthetic.portfolio(600, seed=4)
    pq.write_table(whole, tmp_path / "dev.parquet")
    until = whole["vintage"].cast(pa.date32()).to_numpy().astype("M8[M]")
    months = (until[:, None] + np.arange(-12, 3)).ravel()
    ids = np.repeat(whole["loan_id"].to_numpy(zero_copy_only=False), 15)
    pay = np.random.default_rng(0).normal(size=len(ids))
    pa_csv.write_csv(pa.table({"who": ids, "month": months.astype(str), "pay": pay}), tmp_path / "months.csv")
    return tmp_path


ROLES = {"path": "dev.parquet", "target": "default", "id": "loan_id", "time": "vintage", "categorical": ["employment"]}
MONTHLY = {"path": "months.csv", "id": "who", "time": "month", "months": 4, "columns": ["pay"]}


def test_a_run_reads_them_as_channels_and_its_checksum_counts_them(folder):
    data = Data(**ROLES, history=MONTHLY)
    assert data.channels == {"pay": ["pay_4", "pay_3", "pay_2", "pay_1"]}
    result = run_table.read(data, folder)
    assert result.rows.column_names[-4:] == data.channels["pay"]
    assert not any(result.rows[name].null_count for name in data.channels["pay"])
    assert result.sha256 != run_table.read(Data(**ROLES), folder).sha256
    with pytest.raises(DataError, match=r"data.history.columns: .*months.csv has no column 'bill'"):
        run_table.read(Data(**ROLES, history={**MONTHLY, "columns": ["bill"]}), folder)


def test_a_run_that_cannot_join_is_refused_by_its_toml():
    with pytest.raises(ValueError, match=r"history needs data.id"):
        Data(**{**ROLES, "id": None}, history=MONTHLY)
    with pytest.raises(ValueError, match="must have as many months"):
        Data(**ROLES, history=MONTHLY, sequence={"bill": ["a", "b"]})
    with pytest.raises(ValueError, match="columns must name each column once"):
        History(time="month", months=2, columns=["pay", "pay"])


TOML = """
name = "monthly"
[data]
path = "dev.parquet"
target = "default"
id = "loan_id"
time = "vintage"
categorical = ["employment", "purpose", "group"]
[policy]
approval_rate = 0.8
grade_edges = [0.1]
[[scorers]]
name = "card"
kind = "scorecard"
"""


def test_the_command_writes_what_training_saw(folder, riskmodel, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "plain.toml").write_text(TOML)
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in MONTHLY.items()]
    (folder / "run.toml").write_text("\n".join([TOML, "[data.history]", *lines]))
    command = ["widen", "run.toml", "--input", "dev.parquet", "--output", "wide.parquet"]
    code, out, _ = riskmodel(*command)
    assert (code, out) == (0, "wide.parquet: 600 applications with 4 columns of months, pay_4 to pay_1; 0 have none\n")
    wide = pq.read_table(folder / "wide.parquet")
    joined = run_table.read(Data(**ROLES, history=MONTHLY), folder).rows
    for name in ("pay_4", "pay_1"):
        assert wide[name].equals(joined[name])
    code, _, err = riskmodel(*command[:1], "plain.toml", *command[2:])
    assert code == 1
    assert "must have [data.history], however: it has none" in err


def test_a_notebook_gets_its_own_kind_of_table_back(folder):
    frame = APPLICATIONS.to_pandas()
    wide = widen(frame, LONG.to_pandas(), "loan", "month", ["pay"], 3, history_id="customer", date="applied")
    assert wide["pay_1"].tolist()[:2] == [2.0, 112.0]
    with pytest.raises(DataError, match="months: Input should be greater than or equal to 1"):
        widen(frame, LONG, "loan", "month", ["pay"], 0, history_id="customer")


def test_the_command_never_writes_over_what_it_reads(folder, riskmodel, monkeypatch):
    monkeypatch.chdir(folder)
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in MONTHLY.items()]
    (folder / "run.toml").write_text("\n".join([TOML, "[data.history]", *lines]))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for output, said in (
        ("dev.parquet", "must be a new place, however: it is the input"),
        ("months.csv", "must be a new place, however: it is the input"),
        ("wide.csv", "must be a Parquet file, however: .csv"),
        ("run.toml/wide.parquet", "must be in a folder, however"),
    ):
        code, _, err = riskmodel("widen", "run.toml", "--input", "dev.parquet", "--output", output)
        assert (code, err.count("\n")) == (1, 1)
        assert said in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_full_disk_is_one_line_that_names_the_file(folder, riskmodel, monkeypatch):
    def full(*_):
        raise OSError(28, "Error writing bytes to file")  # as Arrow does

    monkeypatch.chdir(folder)
    monkeypatch.setattr(pq, "write_table", full)
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in MONTHLY.items()]
    (folder / "run.toml").write_text("\n".join([TOML, "[data.history]", *lines]))
    code, _, err = riskmodel("widen", "run.toml", "--input", "dev.parquet", "--output", "new/wide.parquet")
    assert (code, err) == (1, "riskmodel: new/wide.parquet: cannot be written: No space left on device\n")
    assert not (folder / "new").exists()
