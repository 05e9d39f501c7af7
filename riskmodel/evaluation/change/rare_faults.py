"""Bounds on differences that hold too where a loss sits in a handful of rows.

Two things make such a loss smaller than the worst: a certificate, which bounds how far any bad can fall, and rows
beyond the sample's bads whose scores are at hand. With the largest fall among N rows, no more than 1 - g^(1/N) of all
fall farther, with confidence 1 - g (Wilks 1941, tolerance limits): these are taken to lose all, and the bound for the
rest is that of faults no larger than this fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import beta

from riskmodel.core import Difference, Outcome, Sample, Scorer, Vector, Verdict
from riskmodel.evaluation.metrics.discrimination import Placements
from riskmodel.stats import rare_faults

LEVEL = 0.95
SPENT = 0.005  # of the level, on what falls farther than any row at hand
MOST_UNSEEN = 0.4  # of the margin: where what falls farther may cost more, the bads alone are asked
FAR = 0.1  # convention: a bad that falls past more than a tenth of the goods has moved far
SPREADS = 3.0  # or farther than so many standard deviations of the bulk, where the bulk moves that much


@dataclass(frozen=True, eq=False)
class Beyond:
    """What is known of the two scores beyond a sample's bads.

    challenger, champion: PDs (m) of applications without outcome that are new to both. fall: by how much of the goods
    a bad falls at most, on average over the bads, where a certificate bounds it; 1 says that none does.
    """

    challenger: Vector
    champion: Vector
    fall: float = 1.0

    @classmethod
    def of(cls, applications: Sample | None, challenger: Scorer, champion: Scorer, fall: float = 1.0) -> Beyond:
        """Of applications without outcome, where there are any, and of a certificate."""
        if applications is None:
            return cls(np.zeros(0), np.zeros(0), fall)
        return cls(challenger.score(applications), champion.score(applications), fall)


NOTHING = Beyond(np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class RareFault:
    """The worst rare fault there could be, and what the rows at hand say of it.

    amplitude: what a spoilt row loses at most, on average. rows: how many rows of the class those at hand come to.
    largest: the largest loss among them.
    """

    amplitude: float
    rows: float = 0.0
    largest: float = 0.0


def fault_of_ranking(  # noqa: PLR0917
    default: Outcome, challenger: Vector, champion: Vector, before: Placements, beyond: Beyond, blind: bool
) -> RareFault:
    """The worst fault of an AUC.

    Parameters
    ----------
    default, challenger, champion
        Outcomes and PDs (n) of the sample.
    before
        The champion's placements: a spoilt bad can lose no more than these on average, by falling below all goods.
    beyond
        What is known of further applications.
    blind
        Whether a fault is assumed to strike bads no more often than other applications, so that all rows count.
    """
    bads, units = default == 1, min(before.units, before.heaviest)
    goods = [np.sort(pd[~bads]) for pd in (champion, challenger)]
    own, others = _falls(goods, champion, challenger), _falls(goods, beyond.champion, beyond.challenger)
    share = 1.0 if blind else _fewest_bads(int(bads.sum()), len(default))
    rows = units * (len(default) / float(bads.sum()) if blind else 1.0) + share * len(others)
    largest = np.concatenate([own if blind else own[bads], others]).max()
    return RareFault(min(before.auc, beyond.fall), float(rows), max(float(largest), 0.0))


def _falls(goods: list[Vector], champion: Vector, challenger: Vector) -> Vector:
    """The share of goods that each row falls past; ties count half."""
    before, after = (
        (np.searchsorted(of, pd, "left") + np.searchsorted(of, pd, "right")) / (2 * len(of))
        for of, pd in zip(goods, (champion, challenger), strict=True)
    )
    falls: Vector = before - after
    return falls


def _fewest_bads(bads: int, rows: int) -> float:
    """The least share of bads that the sample leaves (Clopper and Pearson): a fault might strike bads alone."""
    return float(beta.ppf(SPENT, bads, rows - bads + 1))


def most_fallen(default: Outcome, champion: Vector, challenger: Vector, reach: float) -> float:
    """By how much of the goods a bad falls on average where every margin (n, log-odds) falls by `reach`."""
    bads = default == 1
    goods = [np.sort(margin[~bads]) for margin in (champion, challenger)]
    return float(_falls(goods, champion[bads], champion[bads] - reach).clip(0).mean())


def bounded(difference: Difference, differences: Placements, fault: RareFault) -> Difference:
    """The difference of AUCs with the worst rare fault in its bound; inconclusive where that no longer suffices.

    Parameters
    ----------
    difference
        Judged by its normal bound.
    differences
        Placements of the challenger less the champion's.
    fault
        The worst one.

    Where rows have weights a spoilt one is taken to be the heaviest.
    """
    held = replace(differences, bads=_held(differences.bads), goods=_held(differences.goods))
    whole, little = (sum(float(part @ part) for part in placed.influence) for placed in (differences, held))
    return _allowing(difference, _share(whole, little), min(differences.units, differences.heaviest), fault)


def bounded_mean(difference: Difference, saved: Vector, units: float, amplitude: float) -> Difference:
    """The same for the mean of what each row (n) saves, of which so many are independent."""
    return _allowing(difference, _share(float(saved.var()), float(_held(saved).var())), units, RareFault(amplitude))


def _allowing(difference: Difference, share: float, units: float, fault: RareFault) -> Difference:
    """`share` is the part of the standard error that is there too where what moved far is held at an edge."""
    if not np.isfinite(difference.standard_error) or units < 2:
        return difference
    unseen, spent, amplitude = _beyond(difference.margin, fault)
    diffuse, level = difference.standard_error * share, LEVEL + spent
    room = difference.delta - unseen + difference.margin
    if amplitude == 0 or diffuse > 1e-12 * amplitude:
        weight = float(amplitude / (units * diffuse)) if amplitude else 0.0
        error = difference.standard_error
        p_value = rare_faults.p_value(room / error, weight) if error else float(room <= 0)
        allowance = rare_faults.quantile(level, weight) * error
    else:
        p_value = float((1 - min(max(room, 0.0) / amplitude, 1.0)) ** units)
        allowance = amplitude * rare_faults.unseen_share(level, units)
    lower = min(difference.lower, difference.delta - unseen - allowance)
    return _judged(difference, lower, max(difference.p_value, min(p_value + spent, 1.0)), fault.amplitude)


def _beyond(margin: float, fault: RareFault) -> tuple[float, float, float]:
    """What rows may lose that fall farther than all at hand, the level spent on them, and what the others lose at most.

    Which way is gone depends on how many rows there are and not on what they show.
    """
    if not fault.rows:
        return 0.0, 0.0, fault.amplitude
    unseen = fault.amplitude * rare_faults.unseen_share(1 - SPENT, fault.rows)
    if unseen > MOST_UNSEEN * margin:
        return 0.0, 0.0, fault.amplitude
    return unseen, SPENT, min(fault.amplitude, fault.largest)


def _judged(difference: Difference, lower: float, p_value: float, amplitude: float) -> Difference:
    allowance = difference.lower - lower
    non_inferiority_lost = difference.verdict is Verdict.NON_INFERIOR and lower <= -difference.margin
    return replace(
        difference,
        lower=lower,
        p_value=p_value,
        detectable=min(difference.detectable + allowance, 1.0),
        verdict=Verdict.INCONCLUSIVE if non_inferiority_lost else difference.verdict,
        rare_fault_allowance=allowance,
        bads_needed=rare_faults.units_needed(LEVEL, difference.margin, amplitude) if non_inferiority_lost else 0,
    )


def _share(whole: float, little: float) -> float:
    return float(np.sqrt(little / whole)) if whole > 0 else 0.0


def _held(values: Vector) -> Vector:
    bulk = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    edge = max(FAR, SPREADS * bulk)
    held: Vector = values.clip(-edge, edge)
    return held
