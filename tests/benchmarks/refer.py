"""Referral with a guarantee: how often the target is exceeded where the truth is known, and who is referred.

1,000 samples a case of a portfolio with known true rates; PDs that are right, half as large and twice as large. Beside
it the threshold at which the sample's own bad rate meets the target, which is what is done without a guarantee; and
where MAPIE is at hand its two ways, on PDs that are right (the order of rows alone plays a part).
"""

from collections.abc import Callable, Mapping

import numpy as np
from rich.console import Console

from riskmodel.stats.risk_control import controlled
from tests.benchmarks import _mapie

DRAWS, TARGET, ALPHA = 1000, 0.08, 0.05
Way = Callable[[np.ndarray, np.ndarray], float | None]  # PDs and outcomes of a sample; below which PD it approves


def table(console: Console) -> str:
    lines = [f"{DRAWS} samples a case, target {TARGET:.0%}, alpha {ALPHA:.0%}.\n"]
    lines += [
        "| rows | PDs | way | exceeded | approved | could be approved | none shown |",
        "|---|---|---|---|---|---|---|",
    ]
    for rows in (1000, 5000, 20000):
        for tilt in (0.5, 1.0, 2.0):
            console.print(rows, tilt)
            lines += _case(rows, tilt, _ways(tilt))
    return "\n".join(lines)


def _ways(tilt: float) -> Mapping[str, Way]:
    ways: dict[str, Way] = {"ours": _controlled, "plain": _plain}
    if tilt == 1 and _mapie.is_here():
        ways |= {way: lambda pd, default, way=way: _mapie.below(way, pd, default, TARGET, ALPHA) for way in _mapie.WAYS}
    return ways


def _drawn(draw: np.random.Generator, rows: int, tilt: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rate = draw.beta(1, 8, rows)
    return np.clip(tilt * rate, 0, 1), (draw.random(rows) < rate).astype(np.int8), rate


def _case(rows: int, tilt: float, ways: Mapping[str, Way]) -> list[str]:
    pds, _, rates = _drawn(np.random.default_rng(1), 1_000_000, tilt)
    order = np.argsort(pds)
    ranked, risk = pds[order], np.cumsum(rates[order]) / np.arange(1, len(pds) + 1)
    best, draw = int(np.flatnonzero(risk <= TARGET)[-1]) / len(pds), np.random.default_rng(rows)
    places: dict[str, list[int]] = {way: [] for way in ways}
    for _ in range(DRAWS):
        pd, default, _ = _drawn(draw, rows, tilt)
        for name, way in ways.items():
            below = way(pd, default)
            places[name].append(0 if below is None else int(np.searchsorted(ranked, below)))
    return [f"| {rows:,} | x {tilt:g} | {name} | {_line(np.array(at), risk, best)} |" for name, at in places.items()]


def _line(at: np.ndarray, risk: np.ndarray, best: float) -> str:
    exceeded = (at > 0) & (risk[np.maximum(at, 1) - 1] > TARGET)
    figures = exceeded.mean(), at.mean() / len(risk), best, (at == 0).mean()
    return " | ".join(f"{value:.3f}" for value in figures)


def _controlled(pd: np.ndarray, default: np.ndarray) -> float | None:
    band = controlled(pd, default, TARGET, ALPHA)
    return band.below if band else None


def _plain(pd: np.ndarray, default: np.ndarray) -> float | None:
    order = np.argsort(pd)
    rate = np.cumsum(default[order]) / np.arange(1, len(pd) + 1)
    passed = np.flatnonzero(rate <= TARGET)
    return float(np.nextafter(pd[order][passed[-1]], 1)) if len(passed) else None
