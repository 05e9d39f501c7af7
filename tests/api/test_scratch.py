"""A caller never hears of a folder that nobody sees."""

import pytest

from riskmodel.api.scratch import scratch
from riskmodel.errors import DataError


def test_files_go_by_what_the_caller_gave():
    with pytest.raises(DataError, match=r"^X: no rows, beside other$"), scratch({"rows": "X"}) as folder:
        raise DataError(f"{folder / 'rows.parquet'}: no rows, beside {folder / 'other.txt'}")
    assert not folder.exists()
