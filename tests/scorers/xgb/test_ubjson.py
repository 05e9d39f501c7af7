"""Universal Binary JSON: what is written is read again, what is damaged is refused, whatever the bytes."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.scorers.xgb.ubjson import dumps, is_ubjson, loads

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(width=32, allow_nan=False) | st.text()
)
DOCUMENTS = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@settings(max_examples=40)
@given(DOCUMENTS)
def test_a_document_comes_back_as_it_was(document):
    assert loads(dumps(document)) == document


@given(st.binary())
def test_any_bytes_are_a_document_or_refused(content):
    try:
        loads(b"{" + content)
    except ValueError:
        return


def test_typed_and_open_arrays_are_read():
    assert loads(b"[$i#i\x03\x01\xff\x02") == [1, -1, 2]
    assert loads(b"[$d#L" + struct.pack(">qff", 2, 0.5, 2.0)) == [0.5, 2.0]
    assert loads(b"[i\x01U\xff]") == [1, 255]
    assert loads(b"[$l#i\x00") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[$i#L" + struct.pack(">q", 1 << 60), "values must follow"),
        (b"[$i#i\xff", "values must follow"),
        (b"[#d\x00\x00\x00\x00", "whole number"),
        (b"[$Z#i\x01?", "unknown type"),
        (b"[" * 40, "more than 32 deep"),
        (b"{i\x01ai\x01i\x01ai\x02}", "twice"),
        (b"i\x01i\x02", "follow the document"),
        (b"H", "unknown type"),
        (b"", "bytes must follow"),
        (b"SL" + struct.pack(">q", -5), "values must follow"),
        (b"Si\x01\xff", "decode"),
    ],
)
def test_damage_is_told(content, message):
    with pytest.raises(ValueError, match=message):
        loads(content)


def test_a_number_beyond_64_bits_has_no_place():
    with pytest.raises(ValueError, match="64 bits"):
        dumps(1 << 64)


def test_a_binary_document_is_told_from_a_plain_one():
    assert is_ubjson(dumps({"learner": {}}))
    assert not is_ubjson(b'{"learner": {}}')
    assert not is_ubjson(b"{ }")
