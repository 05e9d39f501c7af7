"""A folder as a registry: each module in it defines one thing, and the file name is that thing's name.

Other packages add to the folders of pruners, compressors and scorers by entry points: the entry point's name is the
thing's name, and that of the module which it leads to, so that there is one rule for all:

    [project.entry-points."riskmodel.pruners"]
    spread = "my_package.spread"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeVar

from riskmodel.errors import ConfigError, cause

Base = TypeVar("Base")


def names(path: Sequence[str], shared: Sequence[str] = ()) -> list[str]:
    """The names in a folder, without those that begin with an underscore and the rooms that all share."""
    modules = (module.name for module in iter_modules(path))
    return sorted(name for name in modules if not name.startswith("_") and name not in shared)


@dataclass(frozen=True)
class Registry:
    """What can be named in a run's TOML and on the command line, and where it is looked for."""

    package: str  # its modules are our own
    group: str  # of entry points: the modules of other packages
    what: str  # it is called in messages
    shared: tuple[str, ...] = ()  # rooms in the package that are none of them, and that they are made of

    def names(self) -> list[str]:
        """All names there are. Raises: ConfigError where two packages have one of the same name."""
        return sorted([*self._own(), *self._plugins()])

    def find(self, name: str, base: type[Base]) -> type[Base]:
        """The first subclass of `base` that the module of this name defines; only that module is imported.

        Raises: ConfigError for an unknown name, or another package's module that cannot be imported or defines none.
        """
        plugins = self._plugins()
        if name in plugins:
            return self._of_plugin(plugins[name], base)
        if name not in self._own():
            raise ConfigError(f"{self.what} must be among {', '.join(self.names())}, however: {name!r}")
        return _defined(import_module(f"{self.package}.{name}"), base)[0]

    def make(
        self, name: str, base: type[Base], options: Mapping[str, Any] | None = None, where: str = "options"
    ) -> Base:
        """One with its options. Raises: ConfigError for an unknown name or option, with `where` it stands."""
        from riskmodel import config  # noqa: PLC0415 - the command line needs the names alone

        return config.built(self.find(name, base), options or {}, where)

    def _own(self) -> list[str]:
        return names(import_module(self.package).__path__, self.shared)

    def _plugins(self) -> dict[str, EntryPoint]:
        plugins: dict[str, EntryPoint] = {}
        for point in _entry_points(self.group):
            if point.name in self._own() or point.name in plugins:
                other = _of(plugins[point.name]) if point.name in plugins else "riskmodel"
                raise ConfigError(f"{self._called(point)} must have a name of its own, however: {other} has this one")
            plugins[point.name] = point
        return plugins

    def _of_plugin(self, point: EntryPoint, base: type[Base]) -> type[Base]:
        if point.attr or point.module.rpartition(".")[2] != point.name:
            raise ConfigError(f"{self._called(point)} must be a module of this name, however: {point.value}")
        try:
            module = import_module(point.module)
        except Exception as error:  # whatever another package does when it is imported
            raise ConfigError(f"{self._called(point)} cannot be imported: {cause(error)}") from error
        classes = _defined(module, base)
        if not classes or getattr(classes[0], "kind", point.name) != point.name:
            raise ConfigError(f"{self._called(point)} must define a {base.__name__} of this name, however: it does not")
        return classes[0]

    def _called(self, point: EntryPoint) -> str:
        return f"{self.what} {point.name!r} of {_of(point)}"


def _defined(module: ModuleType, base: type[Base]) -> list[type[Base]]:
    """The subclasses that a module or package itself defines, in their order."""
    classes = (item for item in vars(module).values() if isinstance(item, type) and issubclass(item, base))
    return [item for item in classes if item.__module__.startswith(module.__name__)]


@cache
def _entry_points(group: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def _of(point: EntryPoint) -> str:
    return f"package {point.dist.name} {point.dist.version}" if point.dist else "a package"


PRUNERS = Registry("riskmodel.pruning", "riskmodel.pruners", "pruner", ("algorithms",))
COMPRESSORS = Registry("riskmodel.compression", "riskmodel.compressors", "compressor")
SCORERS = Registry("riskmodel.scorers", "riskmodel.scorers", "kind", ("base", "checkpoints", "foreign"))
