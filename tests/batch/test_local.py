"""The local engine: all rows, in order, the same bytes however it ran; an output is whole, resumable, or not there."""

import hashlib
import io
import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from batch.books import applications, contents, packed, scored
from samples import drawn

from riskmodel import batch, bundle
from riskmodel.batch import Job
from riskmodel.config import Scoring
from riskmodel.errors import DataError, RiskModelError

SMALL = Job(threads=2, part_rows=200)


@pytest.fixture
def book(tmp_path):
    """450 applications in row groups of 120."""
    path = tmp_path / "book.parquet"
    pq.write_table(applications(450, 11), path, row_group_size=120)
    return path


@pytest.fixture(scope="module")
def model(fitted):
    return packed(fitted("lgbm"))


def test_every_row_is_scored_once_and_in_order(fitted, book, tmp_path):
    record = batch.score(packed(fitted("xgb")), book, tmp_path / "out", SMALL)
    table = scored(tmp_path / "out")
    assert record["rows"] == {"read": 450, "scored": 450, "quarantined": 0}
    assert table["id"].to_pylist() == [f"L{i}" for i in range(450)]
    np.testing.assert_allclose(table["pd"].to_numpy(), fitted("xgb").score(drawn(450, 11)), rtol=1e-6)
    assert sum(record["decisions"].values()) == sum(record["grades"].values()) == 450
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "manifest.json", "part-00000.parquet", "part-00001.parquet", "run.json",
    ]  # fmt: skip


def test_the_same_input_and_model_give_the_same_bytes_on_any_number_of_threads(model, book, tmp_path):
    for threads in (1, 2, 5):
        batch.score(model, book, tmp_path / str(threads), Job(threads=threads, part_rows=200))
    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(tmp_path / "5")


def test_the_size_of_a_part_changes_no_row(model, book, tmp_path):
    for rows in (1, 10_000):
        batch.score(model, book, tmp_path / str(rows), Job(part_rows=rows))
    assert len(list((tmp_path / "1").glob("part-*"))) == 4
    assert scored(tmp_path / "1").equals(scored(tmp_path / "10000"))


def test_csv_folders_and_hive_partitions_give_the_same_scores(model, book, tmp_path):
    table = pq.read_table(book)
    for part in ("mixed", "hive/purpose=boat"):
        (tmp_path / part).mkdir(parents=True)
    pa_csv.write_csv(table.slice(0, 200), tmp_path / "mixed" / "1.csv")
    pq.write_table(table.slice(200), tmp_path / "mixed" / "2.parquet")
    boats = table.filter(pa.compute.equal(table["purpose"], "boat"))
    pq.write_table(boats.drop_columns(["purpose"]), tmp_path / "hive" / "purpose=boat" / "a.parquet")
    pa_csv.write_csv(table, tmp_path / "book.csv")
    for source in ("book.parquet", "book.csv", "mixed", "hive"):
        batch.score(model, tmp_path / source, tmp_path / "out" / source, SMALL)
    whole = scored(tmp_path / "out" / "book.parquet")
    for other in ("book.csv", "mixed"):
        result = scored(tmp_path / "out" / other)
        assert result["id"].equals(whole["id"])
        np.testing.assert_allclose(result["pd"].to_numpy(), whole["pd"].to_numpy(), rtol=1e-12)
    hive = scored(tmp_path / "out" / "hive")
    assert hive.equals(whole.filter(pa.compute.is_in(whole["id"], boats["loan"].combine_chunks())))


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_standard_input_is_a_file_like_any_other(model, book, tmp_path, monkeypatch, kind):
    table = pq.read_table(book)
    with pa.output_stream(tmp_path / "in", compression="gzip" if kind.endswith("gz") else None) as stream:
        pq.write_table(table, stream) if kind == "parquet" else pa_csv.write_csv(table, stream)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper((tmp_path / "in").open("rb")))
    batch.score(model, batch.STDIN, tmp_path / "out", SMALL)
    batch.score(model, book, tmp_path / "file", SMALL)
    assert scored(tmp_path / "out").equals(scored(tmp_path / "file"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.parquet", "file", "in", "out"]


def test_without_an_id_column_a_row_has_its_number(fitted, book, tmp_path):
    (tmp_path / "two").mkdir()
    pa_csv.write_csv(pq.read_table(book), tmp_path / "two" / "a.csv")
    (tmp_path / "two" / "b.parquet").write_bytes(book.read_bytes())
    nameless = bundle.pack(fitted("scorecard"), packed(fitted("scorecard")).policy, {}, {})
    batch.score(nameless, tmp_path / "two", tmp_path / "out", SMALL)
    assert scored(tmp_path / "out")["id"].to_pylist() == list(range(900))


def test_the_manifest_tells_what_was_read_and_what_was_written(model, book, tmp_path):
    """Two of one name in two folders are two; hidden files and marks of other engines are none."""
    for year in ("2023", "2024"):
        (tmp_path / "years" / year).mkdir(parents=True)
        (tmp_path / "years" / year / "book.parquet").write_bytes(book.read_bytes())
    (tmp_path / "years" / "_SUCCESS").touch()
    batch.score(model, tmp_path / "years", tmp_path / "out", SMALL)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    sha256 = hashlib.sha256(book.read_bytes()).hexdigest()
    assert manifest["inputs"] == [
        {"name": f"{year}/book.parquet", "sha256": sha256, "bytes": book.stat().st_size, "rows": 450}
        for year in ("2023", "2024")
    ]
    parts = {part["name"]: part["sha256"] for part in manifest["parts"]}
    assert parts == contents(tmp_path / "out", ("run.json", "manifest.json"))
    assert (manifest["model_sha256"], manifest["bundle_sha256"]) == (model.scorer_sha256, model.sha256)


def test_rows_that_break_a_rule_stand_in_the_quarantine(fitted, tmp_path):
    """As text, where the file is text: 1.50 stays 1.50."""
    table = applications(300, 7)
    lines = pa_csv_lines(table)
    lines[10] = lines[10].replace(lines[10].split(",")[1], "lots", 1)
    lines[250] = lines[250].replace(lines[250].split(",")[1], "01.50", 1).replace(lines[250].split(",")[3], "moon", 1)
    (tmp_path / "book.csv").write_text("\n".join(lines))
    strict = packed(fitted("lgbm"), scoring=Scoring(unseen="quarantine"))
    record = batch.score(strict, tmp_path / "book.csv", tmp_path / "out")
    aside = pq.read_table(tmp_path / "out" / "quarantine" / "part-00000.parquet").to_pylist()
    assert [row["id"] for row in aside] == ["L9", "L249"]
    assert [row["why"] for row in aside] == ["income: wrong type", "purpose: unseen level"]
    assert (aside[0]["income"], aside[1]["income"]) == ("lots", "01.50")
    assert record["rows"] == {"read": 300, "scored": 298, "quarantined": 2}
    assert record["quarantine"] == {"income: wrong type": 1, "purpose: unseen level": 1}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_small_parquet_and_csv_files_in_one_folder_are_not_one_part(model, tmp_path, order):
    """Rows that are set aside are text in a CSV, and numbers in Parquet: one file cannot hold both."""
    (tmp_path / "in").mkdir()
    lines = pa_csv_lines(applications(60, 2, first=50))
    lines[3] = ",".join(["L52", "lots", *lines[3].split(",")[2:]])
    (tmp_path / "in" / f"{order[1]}.csv").write_text("\n".join(lines))
    pq.write_table(applications(50, 1), tmp_path / "in" / f"{order[0]}.parquet")
    record = batch.score(model, tmp_path / "in", tmp_path / "out")
    assert record["rows"] == {"read": 110, "scored": 109, "quarantined": 1}
    assert record["quarantine"] == {"income: wrong type": 1}
    ids = [f"L{i}" for i in range(110) if i != 52]
    assert scored(tmp_path / "out")["id"].to_pylist() == (ids if order == "ab" else ids[50:] + ids[:50])


def pa_csv_lines(table):
    whole = io.BytesIO()
    pa_csv.write_csv(table, whole, pa_csv.WriteOptions(quoting_style="none"))
    return whole.getvalue().decode().rstrip("\n").split("\n")


def test_psi_and_missing_shares_are_told_against_development(fitted, development, book, tmp_path):
    from riskmodel.evaluation.stability import reference

    about = reference.of(fitted("lgbm"), development)
    record = batch.score(packed(fitted("lgbm"), reference=about), book, tmp_path / "out")
    pd = scored(tmp_path / "out")["pd"].to_numpy()
    here = np.histogram(pd, [0, *about.edges, 1])[0] / len(pd)
    there = np.array(about.shares)
    assert record["psi"] == pytest.approx(((here - there) * np.log(here / there)).sum())
    missing_income = record["missing"]["income"]
    assert missing_income["share"] == pytest.approx(np.isnan(drawn(450, 11).matrix[:, 0]).mean())
    assert missing_income["development"] == pytest.approx(np.isnan(development.train.matrix[:, 0]).mean())


def test_to_run_it_twice_changes_nothing(model, book, tmp_path):
    first = batch.score(model, book, tmp_path / "out", SMALL)
    before = contents(tmp_path / "out", ())
    assert batch.score(model, book, tmp_path / "out", SMALL) == first
    assert contents(tmp_path / "out", ()) == before


@pytest.mark.parametrize("what", ["model", "input", "part"])
def test_a_finished_output_of_something_else_is_left_alone(fitted, model, book, tmp_path, what):
    batch.score(model, book, tmp_path / "out", SMALL)
    if what == "input":
        pq.write_table(applications(450, 12), book, row_group_size=120)
    if what == "part":
        (tmp_path / "out" / "part-00001.parquet").write_bytes(b"PAR1")
    before = contents(tmp_path / "out")
    other = packed(fitted("scorecard")) if what == "model" else model
    with pytest.raises(RiskModelError, match="is not what the manifest says" if what == "part" else f"the same {what}"):
        batch.score(other, book, tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == before


def test_a_folder_with_other_files_is_left_alone(model, book, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(RiskModelError, match="must be a new folder or an earlier output"):
        batch.score(model, book, tmp_path / "out")
    assert contents(tmp_path / "out").keys() == {"thesis.txt"}


HEAVY = {"torch", "mlflow", "shap", "plotly", "statsmodels", "onnx"}


@pytest.mark.parametrize("kind", ["lgbm", "neural", "scorecard"])
def test_scoring_loads_nothing_heavy(fitted, book, tmp_path, kind):
    bundle.save(packed(fitted(kind)), tmp_path / "model")
    code = (
        "import sys\nfrom pathlib import Path\nfrom riskmodel.batch import Job\n"
        "from riskmodel.workflows.score import scoring as score\n"
        "score.score(*map(Path, sys.argv[1:]), Job())\nprint(*sys.modules)"
    )
    command = [sys.executable, "-c", code, tmp_path / "model", book, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not {name.partition(".")[0] for name in done.stdout.split()} & HEAVY


def test_memory_does_not_grow_with_the_book(model, tmp_path, monkeypatch):
    """No more pieces are read than the threads, the reader and the writer can hold at once."""
    from riskmodel.batch import pipeline

    for i in range(60):
        pq.write_table(applications(5, i), tmp_path / f"{i:02d}.parquet")
    held, most = set(), 0
    pieces, chunk = pipeline.pieces, pipeline.Chunk.__call__

    def watched(*arguments):
        nonlocal most
        for piece in pieces(*arguments):
            held.add(id(piece))
            most = max(most, len(held))
            yield piece

    def missing_income(self, *arguments):
        held.pop()
        return chunk(self, *arguments)

    monkeypatch.setattr(pipeline, "pieces", watched)
    monkeypatch.setattr(pipeline.Chunk, "__call__", missing_income)
    batch.score(model, tmp_path, tmp_path.parent / f"{tmp_path.name}-out", SMALL)
    assert most <= 2 * 2 + pipeline.READ_AHEAD + 2


def test_damaged_and_empty_input_leaves_nothing(model, book, tmp_path):
    whole = book.read_bytes()
    book.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RiskModelError, match=r"book.parquet"):
        batch.score(model, book, tmp_path / "out")
    pq.write_table(applications(1, 0).slice(0, 0), book)
    with pytest.raises(RiskModelError, match="no rows"):
        batch.score(model, book, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_ids_of_two_types_are_told_before_anything_is_scored(model, book, tmp_path):
    (tmp_path / "parts").mkdir()
    table = pq.read_table(book)
    encoded = table["loan"].combine_chunks().dictionary_encode()
    for name, ids in (("1", table["loan"]), ("2", encoded), ("3", pa.array(range(450)))):
        pq.write_table(table.set_column(0, "loan", ids), tmp_path / "parts" / f"{name}.parquet")
    with pytest.raises(
        DataError, match=r"3.parquet: column 'loan' must have one type in all files, however: string and"
    ):
        batch.score(model, tmp_path / "parts", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (tmp_path / "parts" / "3.parquet").unlink()
    batch.score(model, tmp_path / "parts", tmp_path / "out")
    assert scored(tmp_path / "out")["id"].to_pylist() == 2 * [f"L{i}" for i in range(450)]
