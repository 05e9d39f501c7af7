"""Pruners, one a module: the file name is the name in the TOML and on the command line.

A module here defines one `Pruner`; it is found because it lies in this folder, and imported only when it is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from riskmodel import config, registry
from riskmodel.core import Pruner


def names() -> list[str]:
    """The pruners there are."""
    return registry.names(__path__)


def make(name: str, options: Mapping[str, Any] | None = None, where: str = "options") -> Pruner:
    """A pruner with its options. Raises: ConfigError for an unknown name or option."""
    kind = registry.find(sys.modules[__name__], name, Pruner, "pruner")
    made: Pruner = config.built(kind, options or {}, where)
    return made
