"""A folder as a registry: each module in it defines one thing, and the file name is that thing's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from riskmodel import config
from riskmodel.errors import ConfigError

Base = TypeVar("Base")


def names(path: Sequence[str]) -> list[str]:
    """The names in a folder, without those that begin with an underscore."""
    return sorted(module.name for module in iter_modules(path) if not module.name.startswith("_"))


@dataclass(frozen=True)
class Registry:
    """What can be named in a run's TOML, and where it is looked for."""

    package: str
    what: str  # it is called in messages

    def names(self) -> list[str]:
        """All names there are."""
        return names(import_module(self.package).__path__)

    def find(self, name: str, base: type[Base]) -> type[Base]:
        """The first subclass of `base` that the module of this name defines; only that module is imported.

        Raises: ConfigError for an unknown name.
        """
        known = self.names()
        if name not in known:
            raise ConfigError(f"{self.what} must be among {', '.join(known)}, however: {name!r}")
        module = import_module(f"{self.package}.{name}")
        classes = (item for item in vars(module).values() if isinstance(item, type) and issubclass(item, base))
        return next(item for item in classes if item.__module__.startswith(module.__name__))

    def make(
        self, name: str, base: type[Base], options: Mapping[str, Any] | None = None, where: str = "options"
    ) -> Base:
        """One with its options. Raises: ConfigError for an unknown name or option, with `where` it stands."""
        return config.built(self.find(name, base), options or {}, where)


PRUNERS = Registry("riskmodel.pruning", "pruner")
COMPRESSORS = Registry("riskmodel.compression", "compressor")
SCORERS = Registry("riskmodel.scorers", "kind")
