"""The local engine: all rows, in order, the same bytes twice, all of the output or none."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from batch.test_chunk import POLICY, applications
from samples import drawn

from riskmodel import batch, bundle
from riskmodel.batch import local
from riskmodel.errors import DataError, RiskModelError


@pytest.fixture
def book(tmp_path):
    """A table of 450 applications with ids, as Parquet."""
    rows = applications(drawn(450, 11))
    table = pa.Table.from_batches([rows]).append_column("loan", pa.array([f"L{i}" for i in range(450)]))
    path = tmp_path / "book.parquet"
    pq.write_table(table, path, row_group_size=120)
    return path


def scored(folder: Path) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in sorted(folder.glob("part-*.parquet")))


def test_every_row_is_scored_once_and_in_order(fitted, book, tmp_path):
    scorer = fitted("xgb")
    record = batch.score(scorer, POLICY, book, tmp_path / "out", id_column="loan", rows=100)
    table = scored(tmp_path / "out")
    assert record["rows"] == table.num_rows == 450
    assert table["id"].to_pylist() == [f"L{i}" for i in range(450)]
    np.testing.assert_allclose(table["pd"].to_numpy(), scorer.score(drawn(450, 11)), rtol=1e-6)
    assert sum(record["decisions"].values()) == sum(record["grades"].values()) == 450
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes()) == record


def test_the_size_of_a_chunk_changes_nothing(fitted, book, tmp_path):
    scorer = fitted("lgbm")
    for rows in (7, 1000):
        batch.score(scorer, POLICY, book, tmp_path / str(rows), rows=rows)
    assert scored(tmp_path / "7").equals(scored(tmp_path / "1000"))


def test_many_chunks_make_several_parts(fitted, book, tmp_path):
    record = batch.score(fitted("lgbm"), POLICY, book, tmp_path / "out", rows=10)
    assert record["parts"] == len(list((tmp_path / "out").glob("part-*"))) == 3


def test_the_same_input_and_model_give_the_same_bytes(fitted, book, tmp_path):
    for name in ("a", "b"):
        batch.score(fitted("lgbm"), POLICY, book, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["manifest.json", "part-00000.parquet"]
    assert all((tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes() for n in names)


def test_csv_and_a_folder_of_parts_give_the_same_scores(fitted, book, tmp_path):
    table = pq.read_table(book)
    (tmp_path / "parts").mkdir()
    pa_csv.write_csv(table.slice(0, 200), tmp_path / "parts" / "1.csv")
    pq.write_table(table.slice(200), tmp_path / "parts" / "2.parquet")
    for source, name in ((book, "whole"), (tmp_path / "parts", "parted")):
        batch.score(fitted("lgbm"), POLICY, source, tmp_path / name, id_column="loan")
    one, other = scored(tmp_path / "whole"), scored(tmp_path / "parted")
    assert one["id"].to_pylist() == other["id"].to_pylist()
    np.testing.assert_allclose(one["pd"].to_numpy(), other["pd"].to_numpy(), rtol=1e-12)


def test_the_manifest_tells_which_files_were_read(fitted, book, tmp_path):
    """Two of one name in two folders are two; hidden files and marks of other engines are none."""
    for year in ("2023", "2024"):
        (tmp_path / "years" / year).mkdir(parents=True)
        (tmp_path / "years" / year / "book.parquet").write_bytes(book.read_bytes())
    (tmp_path / "years" / "_SUCCESS").touch()
    record = batch.score(fitted("scorecard"), POLICY, tmp_path / "years", tmp_path / "out")
    sha256 = hashlib.sha256(book.read_bytes()).hexdigest()
    assert record["inputs"] == [
        {"name": f"{year}/book.parquet", "sha256": sha256, "bytes": book.stat().st_size} for year in ("2023", "2024")
    ]
    assert scored(tmp_path / "out")["id"].to_pylist() == list(range(900))


def test_ids_of_two_types_are_told_in_one_line(fitted, book, tmp_path):
    (tmp_path / "parts").mkdir()
    table = pq.read_table(book)
    encoded = table["loan"].combine_chunks().dictionary_encode()
    for name, ids in (("1", table["loan"]), ("2", encoded), ("3", pa.array(range(450)))):
        pq.write_table(table.drop_columns(["loan"]).append_column("loan", ids), tmp_path / "parts" / f"{name}.parquet")
    with pytest.raises(DataError, match=r"^column 'loan' must have one type in all files, however: string and int64$"):
        batch.score(fitted("scorecard"), POLICY, tmp_path / "parts", tmp_path / "out", id_column="loan")
    (tmp_path / "parts" / "3.parquet").unlink()
    batch.score(fitted("scorecard"), POLICY, tmp_path / "parts", tmp_path / "out", id_column="loan")
    assert scored(tmp_path / "out")["id"].to_pylist() == 2 * [f"L{i}" for i in range(450)]


def test_a_chunk_is_scored_before_the_next_is_read(fitted, book, monkeypatch):
    """Memory does not grow with the book."""
    read, batches = [], local.table.batches

    def watched(*arguments):
        for rows in batches(*arguments):
            read.append(rows.num_rows)
            yield rows

    monkeypatch.setattr(local.table, "batches", watched)
    chunks = local._chunks(fitted("scorecard"), POLICY, book, id_column=None, rows=100, tick=lambda: None)
    for count in (1, 2, 3):
        assert next(chunks).num_rows == read[-1]
        assert len(read) == count


def test_an_existing_output_is_left_alone(fitted, book, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(RiskModelError, match="must not exist yet"):
        batch.score(fitted("lgbm"), POLICY, book, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_ends_it_early_leaves_nothing(fitted, book, tmp_path, monkeypatch, error):
    def ended(*_, **__):
        raise error

    monkeypatch.setattr("riskmodel.batch.local.pq.write_table", ended)
    with pytest.raises((RiskModelError, KeyboardInterrupt)) as told:
        batch.score(fitted("lgbm"), POLICY, book, tmp_path / "out")
    assert isinstance(told.value, KeyboardInterrupt) or "No space left on device" in str(told.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.parquet"]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from riskmodel import cli
sys.argv = ["riskmodel", "--quiet", "score", "--model", sys.argv[1], "--input", sys.argv[2], "--output", sys.argv[3]]
cli.main()
"""


def test_a_file_that_cannot_grow_is_told_in_one_line(fitted, book, tmp_path):
    bundle.save(bundle.pack(fitted("lgbm"), POLICY, {"id": "loan"}, {}), tmp_path / "model")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, tmp_path / "model", book, tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.parquet", "model"]


def test_damaged_and_empty_input_is_told(fitted, book, tmp_path):
    whole = book.read_bytes()
    book.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RiskModelError, match=r"book.parquet"):
        batch.score(fitted("lgbm"), POLICY, book, tmp_path / "out")
    pq.write_table(pa.Table.from_batches([applications(drawn(1, 0))]).slice(0, 0), book)
    with pytest.raises(RiskModelError, match="no rows"):
        batch.score(fitted("lgbm"), POLICY, book, tmp_path / "out")
    assert not (tmp_path / "out").exists()


HEAVY = {"torch", "mlflow", "shap", "plotly", "statsmodels", "onnx"}


@pytest.mark.parametrize("kind", ["lgbm", "neural", "scorecard"])
def test_scoring_loads_nothing_heavy(fitted, book, tmp_path, kind):
    bundle.save(bundle.pack(fitted(kind), POLICY, {"id": "loan"}, {}), tmp_path / "model")
    code = (
        "import sys\nfrom pathlib import Path\nfrom riskmodel.workflows import score\n"
        "from riskmodel.workflows.progress import Stages\n"
        "score.score(*map(Path, sys.argv[1:]), Stages())\nprint(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model", book, tmp_path / "out"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & HEAVY
