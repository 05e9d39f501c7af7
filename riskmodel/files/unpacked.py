"""Unpacks no more than was allowed: a few kilobytes of gzip can hold gigabytes of zeros."""

from __future__ import annotations

import zlib

from riskmodel.errors import BundleError

_GZIP = 16 + zlib.MAX_WBITS


def gunzip(content: bytes, most: int, what: str) -> bytes:
    """The content of one gzip member. Raises: BundleError for what is damaged, or longer than `most` bytes."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        whole = unpacker.decompress(content, most + 1)
    except zlib.error as error:
        raise BundleError(f"{what} is damaged: {error}") from error
    if len(whole) > most:
        raise BundleError(f"{what} must unpack to at most {most:,} bytes, however: it has more; --limit allows more")
    if not unpacker.eof or unpacker.unused_data:
        raise BundleError(f"{what} is damaged: it is cut off, or more than one member")
    return whole
