"""Referral with a guarantee: how often the target is exceeded where the truth is known, and who is referred.

1,000 samples a case of a portfolio with known true rates; PDs that are right, half as large and twice as large. Beside
it the threshold at which the sample's own bad rate meets the target, which is what is done without a guarantee.
"""

import numpy as np
from rich.console import Console

from riskmodel.stats.risk_control import controlled

DRAWS, TARGET, ALPHA = 1000, 0.08, 0.05


def table(console: Console) -> str:
    lines = [f"{DRAWS} samples a case, target {TARGET:.0%}, alpha {ALPHA:.0%}.\n"]
    lines += [
        "| rows | PDs | exceeded | exceeded, plain | approved | approved, plain | could be approved | none shown |"
    ]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for rows in (1000, 5000, 20000):
        for tilt in (0.5, 1.0, 2.0):
            console.print(rows, tilt)
            lines.append(_case(rows, tilt))
    return "\n".join(lines)


def _drawn(draw: np.random.Generator, rows: int, tilt: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rate = draw.beta(1, 8, rows)
    return np.clip(tilt * rate, 0, 1), (draw.random(rows) < rate).astype(np.int8), rate


def _case(rows: int, tilt: float) -> str:
    draw = np.random.default_rng(rows)
    pds, _, rates = _drawn(np.random.default_rng(1), 1_000_000, tilt)
    order = np.argsort(pds)
    ranked, risk = pds[order], np.cumsum(rates[order]) / np.arange(1, len(pds) + 1)
    best = int(np.flatnonzero(risk <= TARGET)[-1]) / len(pds)
    wrong, plain_wrong, shares, plain_shares, none = 0, 0, [], [], 0
    for _ in range(DRAWS):
        pd, default, _ = _drawn(draw, rows, tilt)
        band = controlled(pd, default, TARGET, ALPHA)
        at = int(np.searchsorted(ranked, band.below)) if band else 0
        none += band is None
        wrong += bool(at and risk[at - 1] > TARGET)
        shares.append(at / len(pds))
        plain = int(np.searchsorted(ranked, _plain(pd, default)))
        plain_wrong += bool(plain and risk[plain - 1] > TARGET)
        plain_shares.append(plain / len(pds))
    figures = [wrong / DRAWS, plain_wrong / DRAWS, np.mean(shares), np.mean(plain_shares), best, none / DRAWS]
    return f"| {rows:,} | x {tilt:g} | " + " | ".join(f"{value:.3f}" for value in figures) + " |"


def _plain(pd: np.ndarray, default: np.ndarray) -> float:
    order = np.argsort(pd)
    rate = np.cumsum(default[order]) / np.arange(1, len(pd) + 1)
    passed = np.flatnonzero(rate <= TARGET)
    return float(np.nextafter(pd[order][passed[-1]], 1)) if len(passed) else 0.0
