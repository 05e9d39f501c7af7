import hashlib
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pytest

from riskmodel.datasets import public, taiwan
from riskmodel.errors import DataError

FOLDER = Path(__file__).parents[2] / "data"
PAST = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")


@pytest.fixture(scope="module")
def clients() -> pd.DataFrame:
    return taiwan.load(FOLDER / "taiwan_credit.parquet").to_pandas()


@pytest.fixture(scope="module")
def readme() -> str:
    return (FOLDER / "README.md").read_text()


def test_the_committed_table_is_the_published_one(clients):
    assert clients.shape == (30_000, 25)
    assert clients["DEFAULT"].sum() == 6636
    assert clients["ID"].is_unique
    assert not clients.isna().any().any()


def test_a_changed_byte_is_noticed(tmp_path):
    content = bytearray((FOLDER / "taiwan_credit.parquet").read_bytes())
    content[50_000] ^= 1
    (tmp_path / "changed.parquet").write_bytes(content)
    with pytest.raises(DataError, match=f"must be {taiwan.SHA256}, however: {hashlib.sha256(content).hexdigest()}"):
        taiwan.load(tmp_path / "changed.parquet")


def test_the_readme_names_every_column_both_checksums_and_the_licence(clients, readme):
    assert re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)[:25] == list(clients)
    assert taiwan.SHA256 in readme
    assert "7ded7d55f577d258bbaddc9d9d7a5ba82dfbd8909d7ff1ef0dcde632558d6d71" in readme
    assert "CC BY 4.0" in readme
    assert "10.24432/C55S3H" in readme


def test_the_counts_of_the_readme_are_those_of_the_table(clients, readme):
    stated = re.findall(r"^\| `(\w+)` = (-?\d) \| ([\d,]+) \| ([\d.]+) % \|", readme, re.MULTILINE)
    assert Counter(name for name, *_ in stated) == {"EDUCATION": 3, "MARRIAGE": 1, **dict.fromkeys(PAST, 2)}
    for name, code, count, bad in stated:
        rows = clients[clients[name] == int(code)]
        assert f"{len(rows):,}" == count
        assert f"{100 * rows['DEFAULT'].mean():.1f}" == bad
    without_id = clients.drop(columns="ID")
    assert f"{without_id.duplicated().sum()} rows repeat" in readme
    assert f"{without_id.drop(columns='DEFAULT').duplicated().sum()} repeat" in readme


def test_the_second_source_is_openml(monkeypatch):
    def fetched(data_id: int, **options: object) -> SimpleNamespace:
        assert data_id == 46919
        frame = pd.DataFrame({"x": [1, 2]})
        return SimpleNamespace(frame=frame, details={"md5_checksum": "0" * 32}, target_names=["x"])

    monkeypatch.setattr(public, "fetch_openml", fetched)
    assert taiwan.fetch().equals(pa.table({"x": [1, 2]}))
