"""A document of riskmodel's own kind is read; any other is refused in one line."""

import pytest

from riskmodel.code_export import json_reader
from riskmodel.errors import DataError


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "riskmodel decision", "version": 2}'])
def test_a_document_of_another_kind_or_version_is_not_read(text):
    with pytest.raises(DataError, match=r"must be .*riskmodel decision.*, however"):
        json_reader.read(text)
