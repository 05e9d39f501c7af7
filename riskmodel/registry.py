"""A folder as a registry: each module in it defines one thing, and the file name is that thing's name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from riskmodel.errors import ConfigError


def names(path: Sequence[str]) -> list[str]:
    """The names in a folder, without those that begin with an underscore."""
    return sorted(module.name for module in iter_modules(path) if not module.name.startswith("_"))


def find(package: ModuleType, name: str, base: type, what: str) -> Any:
    """The one subclass of `base` that the module of this name defines; only that module is imported.

    Raises: ConfigError for an unknown name.
    """
    known = names(package.__path__)
    if name not in known:
        raise ConfigError(f"{what} must be among {', '.join(known)}, however: {name!r}")
    module = import_module(f"{package.__name__}.{name}")
    found = (item for item in vars(module).values() if isinstance(item, type) and issubclass(item, base))
    return next(item for item in found if item.__module__.startswith(module.__name__))
