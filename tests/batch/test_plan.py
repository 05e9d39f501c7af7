"""A book is looked at before anything is written: what is wrong with any of its files is told here, by its name."""

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.feather as pa_feather
import pyarrow.parquet as pq
import pytest
from batch.books import applications
from samples import FEATURES

from riskmodel.batch import plan
from riskmodel.config import Scoring
from riskmodel.errors import DataError

RULES = Scoring()


def planned(source, id_column="loan", rules=RULES, part_rows=50):
    return plan.book(source, FEATURES, rules, id_column, part_rows)


@pytest.fixture
def folder(tmp_path):
    """Three files of one book; their names sort otherwise than they were written."""
    for number, rows in ((2, 40), (0, 70), (1, 30)):
        table = applications(rows, number, first=100 * number)
        pq.write_table(table, tmp_path / f"day-{number}.parquet", row_group_size=16)
    return tmp_path


@pytest.mark.parametrize("part_rows", [1, 33, 50, 1000])
def test_every_row_is_in_one_part_and_parts_are_in_the_order_of_the_names(part_rows, folder):
    book = planned(folder, part_rows=part_rows)
    assert book.rows == 140
    assert [file.name for file in book.files] == ["day-0.parquet", "day-1.parquet", "day-2.parquet"]
    assert sum(span.rows for file in book.files for span in file.spans) == 140
    assert sum(part.rows for part in book.parts) == 140
    assert [part.number for part in book.parts] == list(range(len(book.parts)))


def test_the_id_is_read_first_and_then_the_models_columns_in_their_order(folder):
    [types] = {tuple(file.types.names) for file in planned(folder).files}
    assert types == ("loan", *(column.name for column in FEATURES))
    assert planned(folder, id_column=None).files[0].types.names == [column.name for column in FEATURES]


def test_a_csv_has_text_where_the_model_has_categories_and_numbers_elsewhere(tmp_path):
    pa_csv.write_csv(applications(25, 1), tmp_path / "book.csv")
    [file] = planned(tmp_path / "book.csv").files
    kinds = {field.name: str(field.type) for field in file.types}
    assert kinds == {c.name: "string" if c.categories else "double" for c in FEATURES} | {"loan": "string"}
    assert (file.name, file.form, file.delimiter) == ("book.csv", "csv", ",")
    assert planned(tmp_path / "book.csv").rows == 25


def test_a_column_that_the_model_does_not_know_is_not_read(folder):
    table = pq.read_table(folder / "day-1.parquet").append_column("colour", pa.array(["red"] * 30))
    pq.write_table(table, folder / "day-1.parquet")
    assert all("colour" not in file.types.names for file in planned(folder).files)
    with pytest.raises(DataError, match=r"day-1\.parquet: .*colour"):
        planned(folder, rules=Scoring(extra_column="refuse"))


def test_a_file_without_a_column_of_the_model_is_named(folder):
    pq.write_table(pq.read_table(folder / "day-2.parquet").drop_columns(["income"]), folder / "day-2.parquet")
    with pytest.raises(DataError, match=r"day-2\.parquet: .*income"):
        planned(folder)
    lenient = planned(folder, rules=Scoring(missing_column="missing"))
    assert "income" not in lenient.files[2].types.names


def test_a_file_without_ids_is_named_with_what_is_near(folder):
    renamed = pq.read_table(folder / "day-0.parquet").rename_columns({"loan": "loans"})
    pq.write_table(renamed, folder / "day-0.parquet")
    with pytest.raises(DataError, match=r"day-0\.parquet: no column 'loan'; .*loans"):
        planned(folder)


def test_ids_have_one_type_in_all_files_whether_they_are_a_dictionary_or_not(folder):
    table = pq.read_table(folder / "day-1.parquet")
    coded = table.set_column(0, "loan", table["loan"].dictionary_encode())
    pq.write_table(coded, folder / "day-1.parquet")
    assert planned(folder).rows == 140
    numbers = table.set_column(0, "loan", pa.array(range(30)))
    pq.write_table(numbers, folder / "day-1.parquet")
    with pytest.raises(DataError, match="column 'loan' must have one type in all files, however: string and int64"):
        planned(folder)


@pytest.mark.parametrize("harm", ["torn", "no parquet", "feather"])
def test_a_file_that_is_damaged_or_of_another_format_is_named_in_one_line(harm, folder):
    path = folder / "day-1.parquet"
    content = path.read_bytes()
    if harm == "feather":
        table = pq.read_table(path)
        path.unlink()
        path = folder / "day-1.feather"
        pa_feather.write_feather(table, path)
    else:
        path.write_bytes(content[: len(content) // 2] if harm == "torn" else b"loan,income\n")
    with pytest.raises(DataError, match=path.name) as refused:
        planned(folder)
    assert "\n" not in str(refused.value)


def test_a_book_of_no_rows_is_refused(tmp_path):
    pq.write_table(applications(3, 1).slice(0, 0), tmp_path / "book.parquet")
    with pytest.raises(DataError, match=r"book\.parquet: the input has no rows$"):
        planned(tmp_path / "book.parquet")
