"""Default of credit card clients in Taiwan, 2005 (UCI 350; Yeh & Lien 2009): 30,000 rows, 22.1 % bad.

data/README.md has its source, licence and dictionary.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from sklearn.datasets import fetch_openml

from riskmodel.datasets import table
from riskmodel.errors import DataError

SHA256 = "8fff2d87af6a65f2f5df4e25c63faba98abaef9ad46e870d81f700b2dec6433c"
OPENML_ID = 46919


def load(path: Path) -> pa.Table:
    """The committed Parquet file, 25 columns, once its checksum is right. Raises: DataError."""
    return table.read(path, SHA256)


def fetch() -> pa.Table:
    """The same clients from OpenML, with the names and types that OpenML gives them.

    Raises: DataError without a network, or where OpenML does not have the data.
    """
    try:
        frame = fetch_openml(data_id=OPENML_ID, as_frame=True, parser="auto").frame
    except (OSError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"OpenML data set {OPENML_ID} cannot be fetched: {reason}; use data/taiwan_credit.parquet"
        ) from error
    return pa.Table.from_pandas(frame, preserve_index=False)
