"""Tables that are odd, and read for what they are; and any others: the right values or one line, and no third thing."""

import datetime
import decimal
import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from malformed import (
    BADS,
    COLUMNS,
    HEADER,
    LINES,
    LOANS,
    ROWS,
    changed,
    csv_of,
    feather_of,
    parquet_of,
    prepared_from_init,
    refusal,
    refusals,
    toml_from_init,
    with_column,
    with_job,
)

from riskmodel import tables

# -------------------------------------------------------------------------- odd, and read for what they are


def _values(path: Path) -> dict[str, list[object]]:
    """The features of the proposed run as they stand in the train and tune samples, in the order of the rows."""
    columns, split = prepared_from_init(path)
    samples = (split.development.train, split.development.tune, split.selection)
    rows = np.concatenate([sample.rows for sample in samples])
    matrix = np.concatenate([sample.matrix for sample in samples])[np.argsort(rows)]
    default = np.concatenate([sample.default for sample in samples])[np.argsort(rows)]
    result = {column.name: matrix[:, i].tolist() for i, column in enumerate(columns.features)}
    return {**result, "bad": default.tolist(), "row": np.sort(rows).tolist()}


def _same(values: list[object], expected: list[object]) -> bool:
    return np.array_equal(np.array(values, float), np.array(expected, float), equal_nan=True)


SPELT: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + csv_of(),
    "lines of Windows": csv_of().replace(b"\n", b"\r\n"),
    "no newline at the end": csv_of()[:-1],
    "empty lines in between": csv_of().replace(b"\nL0050", b"\n\nL0050"),
    "semicolons": csv_of().replace(b",", b";"),
    "tabs": csv_of().replace(b",", b"\t"),
    "bars": csv_of().replace(b",", b"|"),
    "gzip in two members": gzip.compress(csv_of()[:1000]) + gzip.compress(csv_of()[1000:]),
    "a quoted newline": changed("clerk", '"clerk\nand baker"'),
    "a quoted delimiter": changed("clerk", '"clerk, baker; and | so"'),
    "quotes in quotes": changed("clerk", '"a ""clerk"""'),
    "quotes around all": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in (HEADER, *LINES)
    ).encode(),
    "emoji": changed("clerk", "\U0001f468\u200d\U0001f4bb"),
    "Parquet": parquet_of(LOANS),
    "Feather": feather_of(LOANS),
    "decimals": parquet_of(with_column("income", LOANS["income"].cast(pa.decimal128(24, 4)))),
    "long decimals": parquet_of(
        with_column("income", LOANS["income"].cast(pa.decimal128(24, 4)).cast(pa.decimal256(70, 30)))
    ),
    "a dictionary": parquet_of(with_column("age", LOANS["age"].dictionary_encode())),
    "unsigned integers": parquet_of(with_column("age", LOANS["age"].cast(pa.uint64()))),
    "text as large text": parquet_of(with_column("job", LOANS["job"].cast(pa.large_string()))),
    "an outcome of booleans": parquet_of(with_column("bad", LOANS["bad"].cast(pa.bool_()))),
    "an outcome of floats": parquet_of(with_column("bad", LOANS["bad"].cast(pa.float32()))),
    "an outcome of decimals": parquet_of(with_column("bad", LOANS["bad"].cast(pa.decimal128(24, 2)))),
    "an outcome of words": parquet_of(with_column("bad", pa.array(["Fully Paid", "Charged Off"]).take(LOANS["bad"]))),
    "an outcome of digits as text": parquet_of(with_column("bad", LOANS["bad"].cast(pa.string()))),
    "no name for a first column": csv_of([f"{i},{line}" for i, line in enumerate(LINES)], f",{HEADER}"),
}


@pytest.mark.parametrize("what", SPELT)
def test_however_a_table_is_spelt_its_values_are_the_same(tmp_path, what):
    path = tmp_path / "loans"
    path.write_bytes(SPELT[what])
    result = _values(path)
    rows = result["row"]
    assert len(rows) == ROWS * 0.75
    assert _same(result["income"], [LOANS["income"][row].as_py() for row in rows])
    assert _same(result["bad"], [BADS[row] for row in rows])
    assert _same(tables.read(path)["age"].cast(pa.float64()).to_pylist(), LOANS["age"].to_pylist())


def test_a_long_quoted_newline_on_the_edge_of_a_block_is_one_value(tmp_path, monkeypatch):
    monkeypatch.setattr("riskmodel.tables._records.BLOCK_BYTES", 512)
    (tmp_path / "loans").write_bytes(changed("clerk", '"clerk\n' + "and baker\n" * 20 + '"'))
    whole = pa.Table.from_batches(tables.batches(tmp_path / "loans", COLUMNS))
    assert whole.num_rows == ROWS
    assert whole["age"].to_pylist() == LOANS["age"].to_pylist()


@pytest.mark.parametrize(
    ("what", "number"),
    [
        ("2^53", 2**53),
        ("2^63 - 1", 2**63 - 1),
        ("2^63", 2**63),
        ("2^64", 2**64),
        ("30 digits", 10**30),
        ("-2^63", -(2**63)),
    ],
)
def test_large_whole_numbers_become_the_nearest_float_and_none_other(tmp_path, what, number):
    (tmp_path / "loans").write_bytes(csv_of([with_job(line, number + i) for i, line in enumerate(LINES)]))
    column = tables.read(tmp_path / "loans")["job"]
    assert column.cast(pa.float64(), safe=False).to_pylist() == [float(number + i) for i in range(ROWS)]


def test_ids_of_twenty_digits_are_told_apart(tmp_path):
    lines = [line.replace(f"L{i:04}", str(10**20 + i)) for i, line in enumerate(LINES)]
    (tmp_path / "loans").write_bytes(csv_of(lines))
    assert 'id = "loan"                              # different' in toml_from_init(tmp_path / "loans")


@pytest.mark.parametrize("year", [1, 1582, 1699, 1900, 9999])
def test_dates_of_any_century_are_dates(tmp_path, year):
    (tmp_path / "loans").write_bytes(
        csv_of([with_job(line, f"{year:04}-01-{1 + i % 28:02}") for i, line in enumerate(LINES)])
    )
    assert tables.read(tmp_path / "loans")["job"][0].as_py() == datetime.date(year, 1, 1)
    assert not refusal(lambda: prepared_from_init(tmp_path / "loans"))


def test_a_feature_that_is_missing_throughout_is_left_out(tmp_path):
    pq.write_table(with_column("income", pa.nulls(ROWS)), tmp_path / "loans")
    assert '"income",                            # missing in every row' in toml_from_init(tmp_path / "loans")


def test_two_rows_of_one_id_are_two_rows_and_the_id_is_none(tmp_path):
    pq.write_table(with_column("loan", pa.array([f"L{i // 2}" for i in range(ROWS)])), tmp_path / "loans")
    assert "\nid = " not in toml_from_init(tmp_path / "loans")
    assert len(_values(tmp_path / "loans")["row"]) == ROWS * 0.75


def test_truth_values_spelt_as_text_are_levels(tmp_path):
    pq.write_table(with_column("job", pa.array(["yes", "no", None] * 40)), tmp_path / "loans")
    result = _values(tmp_path / "loans")
    assert _same(result["job"], [[1, 0, np.nan][row % 3] for row in result["row"]])


@pytest.mark.slow
def test_ten_thousand_columns_are_read_proposed_and_cut_into_samples(tmp_path):
    wide = {f"x{i}": np.arange(ROWS) % (i % 90 + 2) for i in range(10_000)}
    pq.write_table(pa.table({**wide, "bad": BADS}), tmp_path / "loans")
    assert len(prepared_from_init(tmp_path / "loans")[0].features) == 90  # the others are copies


# ---------------------------------------------------------------------------------------------- and any other


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_csv_with_any_bytes_changed_gives_one_line_or_a_row_for_each_record(tmp_path_factory, data):
    content = bytearray(csv_of())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.sampled_from(
                [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b";", b"-", b"e", b"", b"\xc3\xa9", b"99999999999999999999"]
            )
        )
    path = tmp_path_factory.mktemp("any") / "loans"
    path.write_bytes(content)
    trained, _, scored = refusals(path)
    if not trained:
        strict = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, skip_blank_lines=True)
        assert tables.read(path).num_rows == len(strict)
    if not (trained or scored):
        assert sum(batch.num_rows for batch in tables.batches(path, COLUMNS)) == tables.read(path).num_rows


@given(data=st.data(), form=st.sampled_from([parquet_of, feather_of]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_binary_table_with_any_bytes_changed_gives_one_line_or_a_table(tmp_path_factory, data, form):
    content = bytearray(form(LOANS))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(min_size=0, max_size=4))
    path = tmp_path_factory.mktemp("any") / "loans"
    path.write_bytes(content)
    refusals(path)


@given(
    columns=st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=5),
        st.sampled_from(
            [
                [None] * ROWS,
                [i / 7 for i in range(ROWS)],
                [True, None] * (ROWS // 2),
                ["", "a", "\x7f\t", '"quoted"'] * (ROWS // 4),
                [decimal.Decimal("1e30") + i for i in range(ROWS)],
                [datetime.datetime(1, 1, 1), None] * (ROWS // 2),
                [datetime.timedelta(i) for i in range(ROWS)],
                [{"a": [i]} for i in range(ROWS)],
                [-9 if i % 9 == 0 else i for i in range(ROWS)],
                [10**15 + i for i in range(ROWS)],
            ]
        ),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_columns_are_called_and_hold_the_proposed_toml_says_so_and_trains(tmp_path_factory, columns):
    path = tmp_path_factory.mktemp("any") / "loans"
    pq.write_table(pa.table({**columns, "income": LOANS["income"], "bad": BADS}), path)
    if "" not in columns:
        assert refusal(lambda: prepared_from_init(path)) == ""
