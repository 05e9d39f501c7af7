"""Compressors, one a module: the file name is the name in the TOML and on the command line.

A module here defines one `Compressor`; it is found because it lies in this folder, and imported only when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskmodel import registry
from riskmodel.core import Compressor


def names() -> list[str]:
    """The compressors there are."""
    return registry.COMPRESSORS.names()


def make(name: str, options: Mapping[str, Any] | None = None, where: str = "options") -> Compressor:
    """A compressor with its options. Raises: ConfigError for an unknown name or option."""
    return registry.COMPRESSORS.make(name, Compressor, options, where)
