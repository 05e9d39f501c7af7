"""Arrays as the bytes of a file, and back: the same arrays give the same bytes. Refuses pickled objects.

Single-precision numbers are stored in the shortest form that gives them back to the bit: as codes into a table where
they are few, as the upper half of their bits where the lower half is empty, or as they are.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import BundleError

CODES, TABLE, UPPER = ".codes", ".table", ".upper"
MOST = 256  # numbers that one byte can tell apart


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays by name as the bytes of an .npz file; the same arrays give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, values in arrays.items():
            for part, stored in _short(name, values):
                one = io.BytesIO()
                np.lib.format.write_array(one, np.ascontiguousarray(stored), allow_pickle=False)
                entry = zipfile.ZipInfo(f"{part}.npy", date_time=(1980, 1, 1, 0, 0, 0))
                archive.writestr(entry, one.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _short(name: str, values: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    if values.dtype == np.float32 and values.size > 2 * MOST:
        bits = np.ascontiguousarray(values).view(np.uint32)  # bits, so that -0 and NaN come back as they were
        table, codes = np.unique(bits, return_inverse=True)
        if len(table) <= MOST:
            yield f"{name}{TABLE}", table
            yield f"{name}{CODES}", codes.reshape(values.shape).astype(np.uint8)
            return
        if not (bits & np.uint32(0xFFFF)).any():
            yield f"{name}{UPPER}", (bits >> np.uint32(16)).astype(np.uint16)
            return
    yield name, values


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays that `pack` wrote. Raises: BundleError."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return dict(_whole(dict(archive)))
    except (ValueError, OSError, EOFError, KeyError, IndexError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError(f"the arrays cannot be read: {error}") from error


def _whole(stored: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    for part, values in stored.items():
        if part.endswith(CODES):
            name = part.removesuffix(CODES)
            yield name, stored[f"{name}{TABLE}"].astype(np.uint32)[values].view(np.float32)
        elif part.endswith(UPPER):
            yield part.removesuffix(UPPER), (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
        elif not part.endswith(TABLE):
            yield part, values
