"""Pruners, one a module: the file name is the name in the TOML and on the command line.

A module here defines one `Pruner`; it is found because it lies in this folder, and imported only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskmodel import registry
from riskmodel.core import Pruner


def names() -> list[str]:
    """The pruners there are."""
    return registry.PRUNERS.names()


def make(name: str, options: Mapping[str, Any] | None = None, where: str = "options") -> Pruner:
    """A pruner with its options. Raises: ConfigError for an unknown name or option."""
    return registry.PRUNERS.make(name, Pruner, options, where)
