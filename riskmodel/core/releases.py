"""Which release of a library is installed, whichever of its wheels brought it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

_STAND_INS = {"xgboost": "xgboost-cpu"}  # the same module without what graphics cards need


def release_of(library: str) -> str:
    """The installed release of a distribution, or of the one that stands in for it. Raises: PackageNotFoundError."""
    try:
        return version(library)
    except PackageNotFoundError:
        if library not in _STAND_INS:
            raise
        return version(_STAND_INS[library])
