"""Public data sets by name, from OpenML, each with its licence and its source.

OpenML's own MD5 is checked by scikit-learn while the file arrives; here it is held against the one that was recorded
when the set was listed, so that a set which has changed since is refused. Where none is recorded, that is said.
"""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass

import pyarrow as pa
from sklearn.datasets import fetch_openml

from riskmodel.datasets.public_sets import SETS, PublicSet
from riskmodel.errors import DataError


@dataclass(frozen=True)
class Fetched:
    """A table with the name of its outcome, and the MD5 of the file that it came in."""

    table: pa.Table
    target: str
    md5: str


def known(name: str) -> PublicSet:
    """The set of that name. Raises: DataError."""
    if name not in SETS:
        raise DataError(f"a data set must be among {', '.join(SETS)}, however: {name}")
    return SETS[name]


def fetch(name: str) -> Fetched:
    """The table as OpenML has it: its names, its types, its order of rows.

    Raises: DataError for an unknown name, without a network, or where the file is not the recorded one.
    """
    wanted = known(name)
    try:
        with tempfile.TemporaryDirectory() as cache, warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="A network error occurred|Invalid cache")
            fetched = fetch_openml(data_id=wanted.openml_id, as_frame=True, parser="auto", data_home=cache)
    except (OSError, ValueError) as error:
        raise DataError(
            f"OpenML data set {wanted.openml_id} ({name}) cannot be fetched: {_reason(error)}; it needs a network"
        ) from error
    md5 = fetched.details["md5_checksum"]
    if wanted.md5 is not None and md5 != wanted.md5:
        raise DataError(f"OpenML data set {wanted.openml_id} ({name}): md5 must be {wanted.md5}, however: {md5}")
    table = pa.Table.from_pandas(fetched.frame, preserve_index=False).replace_schema_metadata(None)
    return Fetched(table, ", ".join(fetched.target_names), md5)


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", None) or error
    text = getattr(inner, "strerror", None) or str(inner)
    return (text.splitlines() or [type(error).__name__])[0].rstrip(".")
