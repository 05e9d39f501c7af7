"""`riskmodel data` from the user's side."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.datasets import public
from riskmodel.errors import DataError


@pytest.fixture
def riskmodel(riskmodel, monkeypatch, tmp_path):
    """Runs `riskmodel data` in an empty folder; gives back exit code, standard output and error output."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: riskmodel("--quiet", "data", *arguments)


@pytest.fixture
def openml(monkeypatch):
    """OpenML as far as it is needed: three rows of any set."""
    rows = pa.table(
        {"age": [40, 25, 61], "purpose": pa.array(["car", "home", None]).dictionary_encode(), "bad": [0, 1, 0]}
    )
    monkeypatch.setattr(public, "fetch", lambda _: public.Fetched(rows, "bad", "0" * 32))
    return rows


def test_the_list_names_every_set_with_its_licence(riskmodel):
    code, out, _ = riskmodel("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(public.SETS)
    assert all(each.licence in line for line, each in zip(out.splitlines(), public.SETS.values(), strict=True))


def test_a_set_becomes_a_parquet_file_with_licence_source_and_checksums_told(riskmodel, openml, tmp_path):
    code, out, _ = riskmodel("fetch", "heloc")
    assert code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["heloc.parquet"]
    assert pq.read_table(tmp_path / "heloc.parquet").equals(openml)
    heloc = public.SETS["heloc"]
    sha256 = hashlib.sha256((tmp_path / "heloc.parquet").read_bytes()).hexdigest()
    assert all(text in out for text in (heloc.licence, heloc.source, sha256, "0" * 32, "none is recorded here"))
    assert "riskmodel init heloc.parquet --target bad" in out


def test_a_recorded_checksum_is_said_to_be_one(riskmodel, openml, tmp_path):
    code, out, _ = riskmodel("fetch", "german-credit", "--output", tmp_path / "g.parquet", "--json")
    assert code == 0
    answer = json.loads(out)
    assert (answer["rows"], answer["target"], answer["md5_recorded"]) == (3, "bad", True)
    assert answer["licence"] == "CC BY 4.0"


def test_without_a_network_there_is_one_line_and_no_file(riskmodel, tmp_path, monkeypatch):
    def unreachable(**_):
        raise OSError(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(public, "fetch_openml", unreachable)
    code, out, err = riskmodel("fetch", "taiwan")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "46919 (taiwan) cannot be fetched: Temporary failure in name resolution" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["helok"], "must be among taiwan"),
        (["heloc", "--output", f"{__file__}/h.parquet"], "must be in a folder, however"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_fetched(riskmodel, tmp_path, monkeypatch, arguments, message):
    monkeypatch.setattr(public, "fetch", lambda _: pytest.fail("fetched"))
    code, _, err = riskmodel("fetch", *arguments)
    assert (code, err.count("\n")) == (1, 1)
    assert message in err


def test_a_file_that_was_there_stays_where_the_fetch_fails(riskmodel, tmp_path, monkeypatch):
    def changed(name):
        raise DataError("md5 must be another")

    (tmp_path / "heloc.parquet").write_text("mine")
    monkeypatch.setattr(public, "fetch", changed)
    assert riskmodel("fetch", "heloc")[0] == 1
    assert (tmp_path / "heloc.parquet").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1
