"""Tables as they come when something went wrong on their way: one clear line, whichever way they go.

The ways: into training; into `init`, and from its TOML into training; in batches into scoring.
"""

import datetime
import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from malformed import (
    BADS,
    HEADER,
    LINES,
    LOANS,
    ROWS,
    changed,
    csv_of,
    feather_of,
    parquet_of,
    prepared_from_init,
    refusals,
    toml_from_init,
    with_column,
)

# -------------------------------------------------------------------------------- refused, whichever way

DAMAGED: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "the file is empty"),
    "no rows": (csv_of([]), "has no rows"),
    "one empty line": (b"\n", "must have a header"),
    "Parquet cut off": (parquet_of(LOANS)[:-100], "cannot be read"),
    "Parquet cut in the middle": (parquet_of(LOANS)[:900], "cannot be read"),
    "Parquet of four bytes": (b"PAR1", "cannot be read"),
    "Parquet with a hole": (parquet_of(LOANS)[:200] + bytes(400) + parquet_of(LOANS)[600:], "cannot be read"),
    "Parquet without rows": (parquet_of(LOANS.slice(0, 0)), "has no rows"),
    "Parquet without columns": (parquet_of(pa.table({})), "has no columns"),
    "encrypted Parquet": (b"PARE" + bytes(100), "however: encrypted Parquet"),
    "Feather cut off": (feather_of(LOANS)[:-100], "cannot be read"),
    "Feather that ends in rubbish": (feather_of(LOANS)[:-100] + b"\xff" * 100, "cannot be read"),
    "Feather of version 1": (b"FEA1" + bytes(100), "however: Feather of version 1"),
    "Excel": (b"PK\x03\x04" + bytes(100), "however: a zip or Excel file"),
    "ORC": (b"ORC" + bytes(100), "however: ORC"),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(100), "however: compressed with zstd"),
    "UTF-16": (csv_of().decode().encode("utf-16"), "however: UTF-16"),
    "UTF-16 without a mark": (csv_of().decode().encode("utf-16-le"), "must be Parquet, Arrow, or CSV in UTF-8"),
    "gzip cut off": (gzip.compress(csv_of())[:-200], "cannot be read"),
    "gzip without its checksum": (gzip.compress(csv_of())[:-8], "cannot be read"),
    "gzip of other bytes": (b"\x1f\x8b" + bytes(range(200)), "cannot be read"),
    "gzip of Parquet": (gzip.compress(parquet_of(LOANS)), "NUL bytes|cannot be read|must be UTF-8"),
    "gzip of nothing": (gzip.compress(b""), "must have a header"),
    "rows too short": (changed(",clerk,", ","), "line 53: must have 5 fields, as the header has, however: 4"),
    "rows too long": (changed(",clerk,", ",clerk,,"), "line 53: must have 5 fields, .*: 6"),
    "a delimiter at the end of each row": (csv_of([line + "," for line in LINES]), "line 2: must have 5 fields, .*: 6"),
    "two delimiters": (csv_of(LINES, HEADER.replace(",", ";")), "line 2: must have 5 fields"),
    "NUL bytes at the end": (csv_of() + bytes(512), "NUL bytes|neither"),
    "a NUL byte in a value": (changed("clerk", "cle\0rk"), "NUL bytes|neither"),
    "a quote that is never closed": (
        changed("clerk", '"clerk'),
        "a quote is not closed where it should be, from line 53 on",
    ),
    "one name twice": (csv_of(LINES, "loan,income,income,age,bad"), "'income' stands twice"),
    "no name twice": (csv_of(LINES, "loan,,,age,bad"), "'' stands twice"),
    "one name twice in Parquet": (parquet_of(LOANS.rename_columns([*"abca", "bad"])), "'a' stands twice"),
    "no header": (csv_of(LINES[1:], LINES[0]), "no column"),
    "names in Latin-1": (csv_of(LINES, "loan,income,job,âge,bad").decode().encode("latin-1"), "utf-8"),
    "spaces around names": (csv_of(LINES, "loan, income , job, age, bad"), "no column"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_refused_whichever_way_it_goes(tmp_path, what):
    content, message = DAMAGED[what]
    path = tmp_path / "loans"
    path.write_bytes(content)
    trained, proposed, scored = refusals(path)
    assert pd.Series([trained]).str.contains(message)[0], trained
    assert proposed
    assert scored or what in ("no rows", "Parquet without rows", "Feather without rows"), "no rows is no batch"
    assert not (tmp_path / "proposed.toml").exists() or what == "spaces around names"


TEXT_LAST = [",".join(np.array(line.split(","))[[0, 1, 4, 3, 2]]) for line in LINES]


@pytest.mark.parametrize("rows", [[51], [51, 52], [51, 98]])
def test_rows_that_a_stray_quote_would_swallow_are_missed(tmp_path, rows):
    """Arrow's parser takes all rows up to the next quote for one value of the last column, and says nothing."""
    lines = [line.replace("clerk", '"clerk') if i in rows else line for i, line in enumerate(TEXT_LAST)]
    (tmp_path / "loans").write_bytes(csv_of(lines, "loan,income,bad,age,job"))
    fault = "a quote is not closed where it should be, from line 53 on"
    assert all(fault in line for line in refusals(tmp_path / "loans"))


# ----------------------------------------------------------------------- read, and refused for what they hold

UNUSABLE: dict[str, tuple[pa.Table | bytes, str]] = {
    "one row": (LOANS.slice(0, 1), "must have both 0 and 1"),
    "all outcomes missing": (with_column("bad", pa.nulls(ROWS, pa.int8())), "is missing in 120 rows"),
    "one outcome missing": (with_column("bad", pa.array([None, *BADS[1:]])), "is missing in 1 rows, first in row 1"),
    "a missing outcome in floats": (with_column("bad", pa.array([*map(float, BADS[1:]), np.nan])), "first in row 120"),
    "only goods": (with_column("bad", pa.array([0] * ROWS)), "must have both 0 and 1"),
    "an outcome of three values": (
        with_column("bad", pa.array([i % 3 for i in range(ROWS)])),
        "must be 0 or 1, however: 2",
    ),
    "an outcome of fractions": (with_column("bad", pa.array([b / 2 for b in BADS])), "must be 0 or 1, however: 0.5"),
    "an outcome of dates": (
        with_column("bad", pa.array([datetime.date(2020, 1, 1 + b) for b in BADS])),
        "however: date32",
    ),
    "an outcome of lists": (with_column("bad", pa.array([[b] for b in BADS])), "however: list"),
    "an infinite number": (
        with_column("income", pa.array([*[1.0] * 119, -np.inf])),
        "infinite in 1 rows, first in row 120",
    ),
    "a number too large for a float": (changed("1070.5", "1e999"), "infinite in 1 rows"),
    "text among numbers": (changed("1070.5", "lots"), "line 53: column 'income' must be a number, however: 'lots'"),
    "thousands parted": (
        csv_of([line.replace(",1", ',"1,', 1).replace(".5,", '.5",') if ".5" in line else line for line in LINES]),
        "a number",
    ),
    "a decimal comma": (
        csv_of([line.replace(",", ";").replace(".", ",") for line in LINES], HEADER.replace(",", ";")),
        "line 3: column 'income' must be a number, however: '1007,5'",
    ),
    "a date among the numbers": (with_column("age", pa.array([datetime.date(1699, 1, 2)] * ROWS)), "however: date32"),
    "lists": (with_column("age", pa.array([[i] for i in range(ROWS)])), "must be a number, however: list"),
    "structs": (with_column("age", pa.array([{"years": i} for i in range(ROWS)])), "must be a number, however: struct"),
    "bytes": (with_column("age", pa.array([b"\xff%d" % i for i in range(ROWS)])), "must be a number, however: binary"),
    "lists as levels": (with_column("job", pa.array([[i] for i in range(ROWS)])), "must be a category, however: list"),
    "times of day": (with_column("age", pa.array([datetime.time(i % 24) for i in range(ROWS)])), "however: time64"),
    "a column that is gone": (LOANS.drop_columns(["job"]), "data.categorical: no column 'job'"),
    "too few bads": (with_column("bad", pa.array([int(i < 5) for i in range(ROWS)])), "bads"),
    "Latin-1 in a number": (changed("1070", "\xa31070").decode().encode("latin-1"), "must be UTF-8"),
    "Latin-1 in some rows": (changed("clerk", "caf\xe9").decode().encode("latin-1"), "[Uu][Tt][Ff]-?8"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_table_that_cannot_be_trained_on_is_refused_with_its_column_or_row(tmp_path, what):
    content, message = UNUSABLE[what]
    path = tmp_path / "loans"
    path.write_bytes(content if isinstance(content, bytes) else parquet_of(content))
    trained, _, _ = refusals(path)
    assert pd.Series([trained]).str.contains(message)[0], trained


@pytest.mark.parametrize(
    "what",
    [
        "lists",
        "structs",
        "bytes",
        "times of day",
        "a date among the numbers",
        "lists as levels",
        "a column that is gone",
    ],
)
def test_init_leaves_out_what_no_scorer_can_use_so_that_the_rest_trains(tmp_path, what):
    content, _ = UNUSABLE[what]
    pq.write_table(content, tmp_path / "loans")
    columns, _ = prepared_from_init(tmp_path / "loans")
    assert {"income"} <= {column.name for column in columns.features} <= {"income", "job", "age"}


def test_numbers_with_a_decimal_comma_are_never_proposed_as_levels(tmp_path):
    content, _ = UNUSABLE["a decimal comma"]
    (tmp_path / "loans").write_bytes(content)
    assert '"income",                            # numbers stored as text' in toml_from_init(tmp_path / "loans")


# ------------------------------------------------------------------------------------- what stands at the path


def test_a_path_to_nothing_a_loop_of_links_and_a_pipe_are_refused(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        ("gone", "No such file"),
        ("loop", "symbolic links"),
        ("broken", "No such"),
        ("pipe", "neither"),
    ):
        assert all(message in line for line in refusals(tmp_path / name)), name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_or_folder_that_may_not_be_read_is_refused(tmp_path):
    (tmp_path / "loans").write_bytes(csv_of())
    (tmp_path / "loans").chmod(0)
    assert all("Permission denied" in line for line in refusals(tmp_path / "loans"))


def _folder(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    for name, content in parts.items():
        (tmp_path / "parts" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "parts" / name).write_bytes(content)
    return tmp_path / "parts"


GOOD = {"0.parquet": parquet_of(LOANS.slice(0, 70)), "_SUCCESS": b"", ".crc": b"x"}
FOLDERS: dict[str, tuple[dict[str, bytes], str]] = {
    "a folder without parts": ({"_SUCCESS": b"", ".hidden/a.csv": csv_of()}, "the folder holds no table"),
    "a part cut off": (GOOD | {"1.parquet": parquet_of(LOANS)[:500]}, "1.parquet: cannot be read"),
    "an empty part": (GOOD | {"1.parquet": b""}, "1.parquet: the file is empty"),
    "a readme among the parts": (GOOD | {"README.md": b"What this is.\n"}, "README.md: "),
    "a part without a column": (
        GOOD | {"1.parquet": parquet_of(LOANS.drop_columns(["age"]))},
        "1.parquet: .*no.* 'age'",
    ),
    "a part with one more": (
        GOOD | {"1.parquet": parquet_of(LOANS.append_column("x", LOANS["age"]))},
        "0.parquet: .*'x'",
    ),
    "a part of another type": (
        GOOD | {"1.parquet": parquet_of(with_column("age", LOANS["age"].cast("string")))},
        "1.parquet: .*'age'",
    ),
    "a key that the parts have": ({"age=7/0.parquet": GOOD["0.parquet"]}, "'age' stands twice"),
    "a key in some folders only": (GOOD | {"year=2024/1.parquet": parquet_of(LOANS)}, "0.parquet: .*'year'"),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_a_folder_with_a_part_that_does_not_fit_is_refused_by_the_name_of_the_part(tmp_path, what):
    parts, message = FOLDERS[what]
    trained, proposed, _ = refusals(_folder(tmp_path, parts))
    assert pd.Series([trained]).str.contains(message)[0], trained
    assert pd.Series([proposed]).str.contains(message)[0], proposed


def test_a_link_to_nothing_or_to_a_folder_is_no_part_that_may_be_passed_over(tmp_path):
    folder = _folder(tmp_path, GOOD)
    (folder / "1.parquet").symlink_to(tmp_path / "gone")
    assert all("1.parquet: cannot be read: No such file" in line for line in refusals(folder))
    (folder / "1.parquet").unlink()
    (folder / "more").symlink_to(_folder(tmp_path / "else", GOOD))
    assert all("more: a part must be a file" in line for line in refusals(folder))
