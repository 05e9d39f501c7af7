"""Figures in words: one way to write each kind of number, so that no two places of a report round differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskmodel.stats.binning import edge_words
from riskmodel.stats.words import SPACE as _SPACE
from riskmodel.stats.words import p_value as p_in_words
from riskmodel.stats.words import percent as percent  # noqa: PLC0414 - the pages take it from here

NOT_EVALUATED = "NOT EVALUATED"

LABELS = {
    "auc": "AUC",
    "gini": "Gini",
    "ks": "KS",
    "accuracy": "Accuracy at the cutoff",
    "brier": "Brier score",
    "log_loss": "Log-loss",
    "mean_pd": "Mean PD",
    "decisions": "Decisions that differ",
    "approved_bad_rate": "Bad rate of the approved",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
}


KEYS = {  # of what is weighed
    "bytes": "Size",
    "work": "Work that a row takes",
    "one_application": "Time of one application, median",
    "bads_approved": "Bads that are approved at the same cutoff",
    "goods_declined": "Goods that are declined at the same cutoff",
    "bad_amount_approved": "Amount granted to bads at the same cutoff",
    "approved_bad_rate": "Bad rate of the approved, logarithm of the ratio",
    "change.expected_loss": "Expected loss, relative change",
    "change.capital": "Risk-weighted amount, relative change",
    "change.orphan_reasons": "Declined applicants whose main reason is no longer read",
    "change.harm": "More lost by a group than by all, and than is tolerated",
}
UNITS = {  # of what a plan decides one by one
    "node": "splits and leaves",
    "number": "distinct numbers",
    "scorer": "whole scorers",
    "max_interaction": "orders of interaction",
}
METHODS = {"prefix": "prefix (its first trees)", "retrain": "retrain small (from scratch)"}


def method(name: str) -> str:
    """A pruner's name; what the honest rivals do stands beside theirs."""
    return METHODS.get(name, name)


def units(name: str) -> str:
    """What the units of a plan are, in the plural."""
    return UNITS.get(name, f"{name.replace('_', ' ')}s")


def sizes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What both are made of, from and to, where it differs; another kind has no trees, or no weights."""
    made_of = ("trees", "leaves", "weights", "features")
    pairs = [(of, before[of], after[of]) for of in made_of]
    return [f"{of} {count(old)} to {count(new)}" for of, old, new in pairs if old and new and old != new]


def label(name: str) -> str:
    """A figure's name as a reader knows it; an unknown one loses its underscores."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


WORDS = {"p_value": "p", "p_holm": "p after Holm", "low": "95 % low", "high": "95 % high", "pd": "PD", "auc": "AUC"}


def words(name: str) -> str:
    """The head of a column as a reader knows it."""
    return WORDS.get(name, label(name) if "_" in name else name)


def weighed(item: Mapping[str, Any]) -> str:
    """What is gained or lost, in words and in its unit."""
    about = f"{item['about']}: {label(item['measure'])}" if item["measure"] else item["about"]
    words = KEYS.get(item["what"], label(item["what"])) + (f" ({about})" if about else "")
    if item["value"] is None:
        before, after = (_in_unit(item[key], item["unit"]) for key in ("before", "after"))
        return f"{words}: {before} to {after}"
    value, low, high = (item[key] for key in ("value", "low", "high"))
    write = _share if item["unit"] == "share" else lambda x: signed(x, 5)
    bounds = f" ({write(low)} to {write(high)})" if low is not None and high is not None else ""
    most = "" if item["tolerated"] is None else f", tolerated {item['tolerated']:g}"
    beside = "" if item.get("decides", True) else ", does not decide"
    return f"{words}: {write(value)}{bounds}{most}{beside}"


def _share(value: float) -> str:
    return f"{100 * value:+.2f}{_SPACE}%"


def _in_unit(value: float, unit: str) -> str:
    return {"bytes": size, "microseconds": micros, "cost": cell}.get(unit, count)(value)


def subject(about: Mapping[str, Any]) -> str:
    """What a piece of evidence is about, in words, from its fields attribute, about, measure and period."""
    name, attribute = about["about"], about["attribute"]
    parts = [about["period"], "" if name.startswith(attribute) else attribute, name]
    words = ", ".join(part for part in parts if part)
    measure = label(about["measure"]) if about["measure"] else ""
    return ": ".join(part for part in (words, measure) if part)


def figure(value: float | None, digits: int = 4) -> str:
    """A figure of worth, fixed digits; a missing one is NOT EVALUATED."""
    if value is None:
        return NOT_EVALUATED
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def signed(value: float | None, digits: int = 4) -> str:
    """A difference, always with its sign but for zero."""
    text = figure(value, digits)
    return text if value is None or float(text) <= 0 else f"+{text}"


def interval(bounds: Sequence[float | None] | None) -> str:
    """Value, low and high as `0.7812 (0.7690 to 0.7934)`."""
    if bounds is None or bounds[0] is None:
        return NOT_EVALUATED
    value, low, high = bounds
    return f"{figure(value)} ({figure(low)} to {figure(high)})"


def p_value(value: float | None) -> str:
    """A cell of a p-value; nothing for nothing."""
    return "" if value is None else p_in_words(value)


def of_p(column: str) -> bool:
    """Whether a column of evidence has p-values."""
    return column in {"p_value", "p_holm"} or "p" in column.split()


def count_of(value: float) -> str:
    """How many of what another kind does not have."""
    return count(value) if value else "none"


def count(value: float | None) -> str:
    """A whole number with thousands separated."""
    return NOT_EVALUATED if value is None else f"{value:,.0f}"


def micros(value: float | None) -> str:
    """A duration given in microseconds, in the unit that reads best; few calls give no upper bound."""
    if value is None:
        return NOT_EVALUATED
    if value == float("inf"):
        return "no bound"
    if value >= 1e6:
        return f"{value / 1e6:.2f}{_SPACE}s"
    return f"{value / 1e3:.2f}{_SPACE}ms" if value >= 999.5 else f"{value:.3g}{_SPACE}µs"


def size(value: float | None) -> str:
    """A size given in bytes, in the unit that reads best (1 kB is 1,000 bytes)."""
    if value is None:
        return NOT_EVALUATED
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= 0.9995 * scale:
            return f"{value / scale:.3g}{_SPACE}{unit}"
    return f"{value:,.0f}{_SPACE}bytes"


def listed(names: Sequence[str], limit: int = 40) -> str:
    """Names with commas; beyond the limit, how many more there are."""
    more = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {more:,} more" if more > 0 else "")


def cell(value: Any) -> str:
    """A cell of evidence: four significant digits, from a thousand on whole and separated, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    return edge_words(value)


def flat(data: Any, path: str = "") -> list[tuple[str, str]]:
    """Nested settings as (dotted path, text), in the order of the names: the path is what a TOML has."""
    if isinstance(data, dict) and data:
        return [row for key in sorted(data) for row in flat(data[key], f"{path}.{key}" if path else str(key))]
    if isinstance(data, list) and any(isinstance(item, dict) for item in data):
        return [row for i, item in enumerate(data) for row in flat(item, f"{path}.{i}")]
    return [(path, _text(data))]


def named(data: Any, path: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Nested facts as (words, text): `samples`, `selection`, `bads` is "Samples, selection: bads"."""
    if isinstance(data, dict) and data:
        return [row for key in sorted(data) for row in named(data[key], (*path, str(key)))]
    if isinstance(data, list) and any(isinstance(item, dict) for item in data):
        return [row for i, item in enumerate(data, start=1) for row in named(item, (*path, str(i)))]
    *above, last = (part.replace("_", " ").replace("sha256", "SHA-256") for part in path or ("",))
    words = f"{', '.join(above)}: {last}" if above else last
    return [(words[:1].upper() + words[1:], _text(data))]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value) or "none"
    if value is None or value == {}:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
