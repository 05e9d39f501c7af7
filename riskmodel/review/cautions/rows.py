"""Of the rows: whether a model knows them, whether a part is cut off, whether they repeat, whether bads are enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from riskmodel.core import Change, Reference
from riskmodel.evaluation.thresholds import Thresholds
from riskmodel.review.cautions import Caution, Check
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Subject
from riskmodel.review.findings import Severity
from riskmodel.review.wording import count, figure, percent

KNOWN = Check("training_rows", "Rows that a model was developed on")
TRUNCATED = Check("truncated", "A part of the applications that is missing")
REPEATED = Check("repeated_rows", "Rows that repeat")
EVENTS = Check("few_events", "Bads and goods enough to judge by")
ALPHA = 0.001  # of chance alone, so that a clean review is hardly ever warned
LEAST_SHARE = 0.005  # of rows known beyond chance
FEW_REPEATED, MANY_REPEATED = 0.02, 0.10  # convention: shares of rows that copy another
EMPTY = 0.05  # a bin is empty with less than this share of the rows that development had there


def of_rows(subject: Subject, change: Change | None, limits: Thresholds) -> Iterator[Caution]:
    """The four checks of the reviewed rows by themselves."""
    yield training_rows(subject)
    yield truncated(subject.drawn_by_weight, limits)
    yield repeated(subject)
    yield few_events(subject, change, limits)


def training_rows(subject: Subject) -> Caution:
    """How many of the rows each model was developed on, beyond those that are equal by chance."""
    looked = [(role, side) for role, side in zip(("champion", "challenger"), subject.sides, strict=True)]
    known = [(role, side, *side.development_rows.common(side.matrix)) for role, side in looked if side.development_rows]
    if not known:
        return KNOWN.unknown("Neither model carries hashes of the rows that it was developed on.")
    words = [f"{role}: {count(hits)} of {count(rows)} rows looked up" for role, _, rows, hits in known]
    guilty = [role for role, side, rows, hits in known if _beyond_chance(side, rows, hits)]
    if not guilty:
        return KNOWN.clear(f"{'; '.join(words)} stand among its development rows, no more than by chance.")
    share = max(hits / rows for role, _, rows, hits in known if role in guilty)
    who = " and the ".join(guilty)
    several = len(guilty) > 1
    was = "were" if several else "was"
    statement = f"About {percent(share)} of the reviewed rows are rows that the {who} {was} developed on."
    flattered = "Their figures flatter them." if several else "Its figures flatter it."
    return KNOWN.warned(statement, f"{'; '.join(words)} stand among the development rows. {flattered}")


def _beyond_chance(side: Side, rows: int, hits: int) -> bool:
    chance = side.development_rows.chance if side.development_rows else 0.0
    if not rows or hits / rows - chance < LEAST_SHARE:
        return False
    return bool(binom.sf(hits - 1, rows, max(chance, 1e-6)) < ALPHA)


def score_reference(subject: Subject) -> Reference:
    """How the champion's PDs lay: on earlier rows where there are any, else on its development; else empty."""
    if subject.earlier is None:
        return subject.champion.reference
    pd = subject.earlier.champion.pd
    edges = np.unique(np.quantile(pd, np.arange(1, 10) / 10))
    shares = np.bincount(np.searchsorted(edges, pd, side="right"), minlength=len(edges) + 1) / len(pd)
    return Reference(edges=tuple(edges.tolist()), shares=tuple(shares.tolist()), rows=len(pd))


def truncated(subject: Subject, limits: Thresholds) -> Caution:
    """Whether all safe or all risky applications are gone, as where only the approved have outcomes."""
    reference, pd = score_reference(subject), subject.champion.pd
    if len(pd) < limits.setting("least_rows"):
        return TRUNCATED.unknown(f"{len(pd)} rows are too few to tell.")
    declined = float((pd >= subject.cutoff).mean())
    if declined in {0.0, 1.0} and not _always(subject, reference, declined):
        whom = "approves" if declined == 0 else "declines"
        ends = f"{figure(float(pd.min()))} to {figure(float(pd.max()))}"
        evidence = f"Champion's PDs run from {ends}; the cutoff is {figure(subject.cutoff)}."
        return TRUNCATED.warned(f"The sample is truncated: the champion {whom} every row of it.", evidence)
    if not reference.shares:
        return TRUNCATED.unknown("Nothing says how the champion's PDs lay before.")
    gone = _missing_ends(reference, pd)
    if gone:
        end, share = max(gone.items(), key=lambda item: item[1])
        evidence = f"{percent(share)} of the rows before had {end} PDs such as hardly any row has now."
        return TRUNCATED.warned(f"The sample is truncated: the {end} PDs are missing.", evidence)
    return TRUNCATED.clear("Champion's PDs reach as far as before, to both sides.")


def _always(subject: Subject, reference: Reference, declined: float) -> bool:
    """Whether the champion decided alike of hardly all rows before, too."""
    if not reference.shares:
        return False
    beyond = [edge for edge in (*reference.edges, np.inf) if edge > subject.cutoff]
    return not beyond if declined == 0 else len(beyond) == len(reference.shares)


def _missing_ends(reference: Reference, pd: NDArray[np.float64]) -> dict[str, float]:
    """The share of the reference beyond which there is almost nothing now: of the highest and of the lowest PDs."""
    now = np.bincount(np.searchsorted(reference.edges, pd, side="right"), minlength=len(reference.shares)) / len(pd)
    empty = [have < EMPTY * had for have, had in zip(now.tolist(), reference.shares, strict=True)]
    ends = {}
    for end, order in (("highest", list(range(len(empty)))[::-1]), ("lowest", list(range(len(empty))))):
        run = next((i for i, at in enumerate(order) if not empty[at]), len(order))
        share = sum(reference.shares[at] for at in order[:run])
        if run and binom.cdf(round(sum(now[at] for at in order[:run]) * len(pd)), len(pd), share) < ALPHA:
            ends[end] = share
    return ends


def repeated(subject: Subject) -> Caution:
    """Rows that equal another in all that is known of them, and ids that come twice."""
    rows = len(subject)
    if subject.ids is not None and (twice := rows - len(set(subject.ids))):
        evidence = f"{count(twice)} of {count(rows)} ids stand before. {_counting(subject)}"
        severity = Severity.HIGH if twice > FEW_REPEATED * rows else Severity.MEDIUM
        return REPEATED.warned("Ids repeat: some rows stand more than once.", evidence, severity)
    copies = rows - len(np.unique(_whole_rows(subject), axis=0))
    evidence = f"{count(copies)} of {count(rows)} rows equal another in every column at hand."
    if copies > FEW_REPEATED * rows:
        severity = Severity.HIGH if copies > MANY_REPEATED * rows else Severity.MEDIUM
        return REPEATED.warned("Rows are duplicated.", f"{evidence} {_counting(subject)}", severity)
    return REPEATED.clear(evidence)


def _counting(subject: Subject) -> str:
    rows = subject.together
    if rows.labels is None:
        return "Intervals take rows as independent."
    return f"Intervals count rows of one {rows.by.removesuffix('s')} once."


def _whole_rows(subject: Subject) -> NDArray[np.generic]:
    if subject.rows_sha is not None:
        return subject.rows_sha
    known = [side.matrix for side in subject.sides]
    known += [np.asarray(more, np.float64)[:, None] for more in (subject.default, subject.amount) if more is not None]
    return np.nan_to_num(np.column_stack(known), nan=-9.87e300)


def few_events(subject: Subject, change: Change | None, limits: Thresholds) -> Caution:
    """Whether so few bads or goods can bear a verdict."""
    if subject.default is None:
        return EVENTS.unknown("The data have no outcome.")
    bads = int(subject.default.sum())
    goods, least = len(subject) - bads, limits.setting("least_events")
    evidence = f"{count(bads)} bads and {count(goods)} goods; a validation needs {least:g} of each ({_SOURCE})."
    if min(bads, goods) >= least:
        return EVENTS.clear(evidence)
    if change is not None:
        auc = change.differences["auc"]
        evidence += (
            f" The smallest margin of AUC that could be shown: {figure(auc.detectable)}; set: {figure(auc.margin)}."
        )
    which = f"{count(bads)} bads" if bads <= goods else f"{count(goods)} goods"
    return EVENTS.warned(f"The sample has too few events: {which}.", evidence)


_SOURCE = "Vergouwe et al. 2005"
