"""Default of credit card clients in Taiwan, 2005 (UCI 350; Yeh & Lien 2009): 30,000 rows, 22.1 % bad.

data/README.md has its source, licence and dictionary.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from riskmodel import tables
from riskmodel.datasets import public

SHA256 = "8fff2d87af6a65f2f5df4e25c63faba98abaef9ad46e870d81f700b2dec6433c"


def load(path: Path) -> pa.Table:
    """The committed Parquet file, 25 columns, once its checksum is right. Raises: DataError."""
    return tables.read(path, SHA256)


def fetch() -> pa.Table:
    """The same clients from OpenML, with the names and types that OpenML gives them. Raises: DataError."""
    return public.fetch("taiwan").table
