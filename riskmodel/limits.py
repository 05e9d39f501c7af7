"""How much of what others hand in is taken: past these bounds a file is refused, before it fills the memory.

`riskmodel --limit NAME=VALUE` raises one for a run, `limits.allow` in Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from riskmodel.errors import ConfigError, RiskModelError

DEFAULTS = MappingProxyType(
    {
        "unpacked_bytes": 64 << 30,  # of a gzipped table, on disk
        "table_bytes": 512 << 20,  # of a table that is more than a hundred times its file
        "record_bytes": 4 << 20,  # of one record of a CSV
        "cell_bytes": 1 << 16,  # of one text in a table
        "id_bytes": 1024,
        "name_letters": 10_000,  # of a column
        "columns": 20_000,
        "model_bytes": 256 << 20,  # of a model's file, unpacked
        "manifest_bytes": 64 << 20,
        "trees": 20_000,
        "nodes": 20_000_000,  # of all trees
        "levels": 1 << 17,  # of one feature
        "level_bytes": 32 << 20,  # of all levels of a model
        "onnx_values": 4 << 20,  # that a model holds for one row
        "onnx_nodes": 100_000,
        "network_bytes": 64 << 20,  # of a network that somebody else trained
    }
)
_raised: dict[str, int] = {}


def of(name: str) -> int:
    """The bound of this name."""
    return _raised.get(name, DEFAULTS[name])


def allow(name: str, value: int) -> None:
    """Sets a bound for this process. Raises: ConfigError for an unknown name, or less than 1."""
    if name not in DEFAULTS:
        raise ConfigError(f"a limit must be among {', '.join(DEFAULTS)}, however: {name!r}")
    if value < 1:
        raise ConfigError(f"the limit {name} must be at least 1, however: {value}")
    _raised[name] = value


def raised() -> dict[str, int]:
    """The bounds that were set for this process, by name."""
    return dict(_raised)


def take_over(bounds: Mapping[str, int]) -> None:
    """Sets these bounds and no others: what `raised` gave in another process. Raises: ConfigError, as `allow`."""
    _raised.clear()
    for name, value in bounds.items():
        allow(name, value)


def check(name: str, value: int, what: object, error: type[RiskModelError] = RiskModelError) -> None:
    """Raises: `error` where `value` is past the bound, in one line that says how to raise it."""
    if value > of(name):
        raise error(
            f"{what}: {name.replace('_', ' ')} must be at most {of(name):,}, however: {value:,}; "
            f"--limit {name}={value} allows it (in Python riskmodel.limits.allow)"
        )
