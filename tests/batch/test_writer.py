"""A part is whole or an error: its rows are counted, its files are what their checksums say."""

import hashlib
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskmodel.batch.chunk import WHY
from riskmodel.batch.writer import QUARANTINE, write
from riskmodel.errors import DataError

PART = SimpleNamespace(number=3, rows=5, name="part-3.parquet")


def scored(pds, aside=(), ids=None):
    given = pa.array([str(i) for i in range(len(pds))], pa.string())
    given = given.dictionary_encode() if ids == "dictionary" else given
    rows = pa.RecordBatch.from_pydict({"id": given, "pd": pa.array(pds, pa.float64())})
    left = pa.RecordBatch.from_pydict({"id": pa.array([*aside], pa.int64()), WHY: pa.array(["no age"] * len(aside))})
    tally = {"decisions": {"approve": len(pds)}}
    return SimpleNamespace(rows=rows, aside=left if aside else None, tally=tally)


def test_what_is_written_is_what_came(tmp_path):
    written = write(PART, [scored([0.1, 0.2], [7]), scored([0.3]), scored([], [9])], tmp_path)
    assert (written.number, written.rows, written.scored, written.quarantined) == (3, 5, 3, 2)
    assert written.tally["decisions"] == {"approve": 3}
    assert pq.read_table(tmp_path / PART.name)["pd"].to_pylist() == [0.1, 0.2, 0.3]
    assert pq.read_table(tmp_path / QUARANTINE / PART.name)["id"].to_pylist() == [7, 9]
    for name, facts in written.files.items():
        content = (tmp_path / name).read_bytes()
        assert facts == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert list(written.files) == [PART.name, f"{QUARANTINE}/{PART.name}"]


def test_without_rows_set_aside_there_is_one_file(tmp_path):
    written = write(PART, [scored([0.1] * 5)], tmp_path)
    assert list(written.files) == [PART.name]
    assert not (tmp_path / QUARANTINE / PART.name).exists()


@pytest.mark.parametrize("pds", [[0.1] * 4, [0.1] * 6])
def test_rows_that_are_lost_or_too_many_are_an_error(pds, tmp_path):
    with pytest.raises(DataError, match=rf"must have 5 rows, however: {len(pds)} scored and 0 set aside"):
        write(PART, [scored(pds)], tmp_path)


@pytest.mark.parametrize("pds", [[], [0.4]])
def test_files_of_one_part_may_spell_their_ids_apart(pds, tmp_path):
    """As text and as a dictionary of texts, also where of the second file no row is scored."""
    rest = scored(pds, [7] * (2 - len(pds)), "dictionary")
    write(PART, [scored([0.1, 0.2, 0.3]), rest], tmp_path)
    assert pq.read_table(tmp_path / PART.name)["pd"].to_pylist() == [0.1, 0.2, 0.3, *pds]
