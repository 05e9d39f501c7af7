"""Shares and p-values in words: one way to write each, on pages and wherever their sentences are made."""

from __future__ import annotations

SPACE = "\N{NO-BREAK SPACE}"
LEAST_P = 0.0001  # what four digits can say


def percent(share: float, decimals: int | None = None) -> str:
    """A share as a percentage: so many decimals, or three significant digits."""
    number = f"{100 * share:.3g}" if decimals is None else f"{100 * share:.{decimals}f}"
    return f"{number}{SPACE}%"


def p_value(value: float) -> str:
    """With four digits; one that is less than they can say is never written as nothing."""
    return f"{value:.4f}" if value >= LEAST_P else f"<{SPACE}{LEAST_P}"
