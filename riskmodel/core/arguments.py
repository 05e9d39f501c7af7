"""What Python callers may give: refused in one line, as the command line and the TOML refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral, Real

from riskmodel.errors import RiskModelError


def check_number(name: str, value: object) -> None:
    """None is no number given. Raises: RiskModelError for what is no number."""
    if value is not None and (not isinstance(value, Real) or isinstance(value, bool)):
        raise RiskModelError(f"{name} must be a number, however: {value!r}")


def check_share(name: str, value: float | None) -> None:
    """None is no share given. Raises: RiskModelError for what is no number in [0, 1], NaN too."""
    check_number(name, value)
    if value is not None and not 0 <= value <= 1:
        raise RiskModelError(f"{name} must be in [0, 1], however: {value:g}")


def check_seed(seed: object) -> None:
    """Raises: RiskModelError for what starts no generator."""
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise RiskModelError(f"seed must be a whole number of 0 or more, however: {seed!r}")


def check_by_column(name: str, value: object) -> None:
    """None is nothing given. Raises: RiskModelError for what is no mapping."""
    if value is not None and not isinstance(value, Mapping):
        raise RiskModelError(f"{name} must be a mapping by column, however: {type(value).__name__}")


def check_levels(levels: Mapping[str, object] | None) -> None:
    """A text is no list of levels, though it has letters. Raises: RiskModelError for what is no list by column."""
    check_by_column("levels", levels)
    for column, own in (levels or {}).items():
        if isinstance(own, str | bytes | Mapping) or not isinstance(own, Iterable):
            kind = type(own).__name__
            raise RiskModelError(f"levels must have a list in code order for column {column!r}, however: {kind}")
