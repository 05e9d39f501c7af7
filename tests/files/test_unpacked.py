"""One whole gzip member of bounded length is unpacked; whatever else there is is refused."""

import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.errors import BundleError
from riskmodel.files.unpacked import gunzip


@given(st.binary(max_size=200))
def test_what_was_packed_is_unpacked_at_its_very_length(content):
    assert gunzip(gzip.compress(content), len(content), "x") == content


@given(st.binary(min_size=1, max_size=200))
def test_a_byte_more_than_allowed_is_refused(content):
    most = len(content) - 1
    with pytest.raises(BundleError) as refusal:
        gunzip(gzip.compress(content), most, "model")
    assert str(refusal.value) == (
        f"model must unpack to at most {most:,} bytes, however: it has more; --limit allows more"
    )


def test_a_bomb_does_not_go_off():
    bomb = gzip.compress(bytes(20_000_000))
    tracemalloc.start()
    with pytest.raises(BundleError, match="at most 1,000 bytes"):
        gunzip(bomb, 1000, "x")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@given(st.binary(min_size=1, max_size=50), st.data())
@settings(max_examples=30)
def test_a_cut_or_a_flipped_byte_never_passes_as_the_content(content, data):
    packed = gzip.compress(content)
    cut = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(BundleError, match=r"^x is damaged: "):
        gunzip(packed[:cut], 1000, "x")
    at = data.draw(st.integers(len(packed) - 8, len(packed) - 1))  # checksum and length
    flipped = packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
    with pytest.raises(BundleError, match=r"^x is damaged: "):
        gunzip(flipped, 1000, "x")


@pytest.mark.parametrize("more", [b"x", gzip.compress(b"more", mtime=0), b"\0"])
def test_nothing_follows_the_member(more):
    with pytest.raises(BundleError, match=r"^x is damaged: it is cut off, or more than one member$"):
        gunzip(gzip.compress(b"content") + more, 1000, "x")


def test_what_is_no_gzip_is_damaged():
    with pytest.raises(BundleError, match=r"^x is damaged: Error -3"):
        gunzip(b"no gzip", 1000, "x")
