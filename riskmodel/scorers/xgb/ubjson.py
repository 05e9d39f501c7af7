"""Universal Binary JSON, as far as XGBoost writes it, in and out (ubjson.org, draft 12).

Strict, because a file is checked here before any library opens it: every length must fit in the bytes that are left,
nothing may follow the document, and what XGBoost never writes (high-precision numbers, no-ops, counted objects) is
refused. The packages for this format are no longer kept up, and none is as strict.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

DEPTH = 32  # a model nests nine deep
_WHOLE = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8"}
_NUMBER = {**_WHOLE, "d": ">f4", "D": ">f8"}
_WORD: dict[str, bool | None] = {"Z": None, "T": True, "F": False}
_FITS = (("i", "b", 1 << 7), ("I", ">h", 1 << 15), ("l", ">i", 1 << 31), ("L", ">q", 1 << 63))


def is_ubjson(content: bytes) -> bool:
    """Whether it begins as a binary document; one in plain JSON goes on with a quote or a blank."""
    return content[:1] == b"{" and content[1:2] in {marker.encode() for marker in _WHOLE}


def loads(content: bytes) -> Any:
    """The document, in the types that `json.loads` gives. Raises: ValueError where it is damaged."""
    reader = _Reader(content)
    document = reader.value(reader.marker(), DEPTH)
    if reader.at != len(content):
        raise ValueError(f"{len(content) - reader.at} bytes follow the document")
    return document


@dataclass
class _Reader:
    content: bytes
    at: int = 0

    def value(self, marker: str, depth: int) -> Any:
        if not depth:
            raise ValueError(f"the document nests more than {DEPTH} deep")
        if marker == "{":
            return self._object(depth)
        if marker == "[":
            return self._array(depth)
        if marker == "S":
            return self._text()
        if marker in _WORD:
            return _WORD[marker]
        return self._numbers(marker, 1)[0]

    def marker(self) -> str:
        return self._bytes(1).decode("latin-1")

    def _bytes(self, count: int) -> bytes:
        if not 0 <= count <= len(self.content) - self.at:
            raise ValueError(f"{count} bytes must follow byte {self.at}, however: {len(self.content) - self.at} do")
        self.at += count
        return self.content[self.at - count : self.at]

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while self.content[self.at : self.at + 1] != b"}":
            name = self._text()
            if name in members:
                raise ValueError(f"{name!r} stands twice in one object")
            members[name] = self.value(self.marker(), depth - 1)
        self.at += 1
        return members

    def _array(self, depth: int) -> list[Any]:
        kind = ""
        if (marker := self.marker()) == "$":
            kind, marker = self.marker(), self.marker()
        if marker == "#":
            count = self._count()
            if kind:
                return self._numbers(kind, count)
            return [self.value(self.marker(), depth - 1) for _ in range(count)]
        values = []
        while marker != "]" and not kind:
            values.append(self.value(marker, depth - 1))
            marker = self.marker()
        return values

    def _count(self) -> int:
        marker = self.marker()
        if marker not in _WHOLE:
            raise ValueError(f"a length must be a whole number, however: type {marker!r} at byte {self.at}")
        count = int(self._numbers(marker, 1)[0])
        if not 0 <= count <= len(self.content) - self.at:
            raise ValueError(f"{count} values must follow byte {self.at}, however: {len(self.content) - self.at} bytes")
        return count

    def _text(self) -> str:
        return self._bytes(self._count()).decode()

    def _numbers(self, marker: str, count: int) -> list[Any]:
        if marker not in _NUMBER:
            raise ValueError(f"byte {self.at} has the unknown type {marker!r}")
        kind = np.dtype(_NUMBER[marker])
        return np.frombuffer(self._bytes(count * kind.itemsize), kind).tolist()


def dumps(document: Any) -> bytes:
    """The document in binary; numbers with a fraction in single precision, which is all that XGBoost has.

    Raises: ValueError for a whole number beyond 64 bits.
    """
    if isinstance(document, bool) or document is None:
        return {None: b"Z", True: b"T", False: b"F"}[document]
    if isinstance(document, str):
        return b"S" + _sized(document.encode())
    if isinstance(document, int):
        return _whole(document)
    if isinstance(document, float):
        return b"d" + np.array(document, ">f4").tobytes()
    if isinstance(document, Mapping):
        pairs = (_sized(name.encode()) + dumps(value) for name, value in document.items())
        return b"{" + b"".join(pairs) + b"}"
    return b"[#L" + struct.pack(">q", len(document)) + b"".join(map(dumps, document))


def _whole(number: int) -> bytes:
    for marker, layout, end in _FITS:
        if -end <= number < end:
            return marker.encode() + struct.pack(layout, number)
    raise ValueError(f"must fit in 64 bits, however: {number:.3g}")


def _sized(text: bytes) -> bytes:
    return b"L" + struct.pack(">q", len(text)) + text
