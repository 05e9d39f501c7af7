"""Makes one model of a cheap and a full one: what is dear is bought where the cheap one leaves the decision open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from riskmodel import bundle
from riskmodel.bundle import Bundle
from riskmodel.config import DecisionMargins, Margins
from riskmodel.core import Change, Interval, Matrix, Outcome, Policy, Reference, Sample, Verdict, canonical
from riskmodel.datasets import encode, input_validation
from riskmodel.errors import DataError, RiskModelError
from riskmodel.evaluation import auc, compare
from riskmodel.evaluation.change.decision_margins import JudgedByDecisions, PairedDecisions
from riskmodel.explanation.cost import price_of, used_columns
from riskmodel.files import places
from riskmodel.scorers import CascadeScorer
from riskmodel.selection.verdicts import verdict
from riskmodel.stats import interval, risk_control
from riskmodel.stats.risk_control import ControlledBand
from riskmodel.workflows.cascade_band import always_bought, banded
from riskmodel.workflows.refer import check_new
from riskmodel.workflows.review import model as reviewed_model
from riskmodel.workflows.review import rows as review_rows
from riskmodel.workflows.review.model import ReviewedModel
from riskmodel.workflows.review.rows import Columns

SEED = 0  # of the halves of a single table


@dataclass(frozen=True)
class CascadePrice:
    """What an application is charged for, on the mean; the intervals are of the share that is bought."""

    cheap: float
    full: float
    cascade: Interval
    saving: Interval  # against the full model alone
    saving_a_year: Interval | None


@dataclass(frozen=True)
class CascadeTrial:
    """The cascade beside the full model, on rows that chose neither the band nor a model."""

    rows: int
    bads: int
    bought_share: Interval
    differing: int  # decisions
    differing_upper: float  # one-sided bound of their share, at the confidence of the band
    auc: Mapping[str, Interval]  # of cheap, full and cascade
    change: Change
    verdict: Verdict
    price: CascadePrice | None = None  # None where no column has a price


@dataclass(frozen=True)
class Cascade:
    """The band, and what it is worth; `band` and `trial` are None where these rows show none."""

    target: float
    alpha: float
    bought: tuple[str, ...]  # columns that are asked for in the band alone
    low: float | None  # PD of the cheap model from which the full one is asked
    high: float | None  # and below which
    band: ControlledBand | None
    trial: CascadeTrial | None
    aside: int  # rows that `score` sets aside: they are not counted
    written: bool = False


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows that `score` gives a PD to."""

    matrix: Matrix
    default: Outcome
    aside: int

    def take(self, places: np.ndarray) -> _Rows:
        return _Rows(self.matrix[places], self.default[places], self.aside)


def cascade(  # noqa: PLR0917 - what the command takes
    cheap: str | Path,
    full: str | Path,
    data: Path,
    columns: Columns,
    differ: float = 0.01,
    alpha: float = 0.05,
    test: Path | None = None,
    output: Path | None = None,
    store: str | None = None,
    applications: int | None = None,
    margins: DecisionMargins | None = DecisionMargins(),  # noqa: B008 - frozen
) -> Cascade:
    """Sets the band on rows of `data`, and judges the cascade against the full model on those of `test`.

    The share of all applications that the cascade would decide otherwise than the full model is at most `differ`, with
    confidence 1 - `alpha`. It is judged by its decisions and the bad rate of the approved within `margins`, or by its
    scores within the full model's own where these are None. Without `test` one half of `data`, drawn, sets the band
    and the other judges. The bundle is written to `output` where the cascade is non-inferior to the full model. Rows
    must be labelled and new to both models, one row a borrower. Raises: RiskModelError, DataError.
    """
    risk_control.check_asked(differ, alpha, "differ")
    if margins is not None and margins.decisions is not None and margins.decisions <= differ:
        raise RiskModelError(f"the margin of the decisions must be above {differ:g}, however: {margins.decisions:g}")
    if output is not None:
        places.refuse_same(output, cheap, full)
    models = [_bundle(cheap, store), _bundle(full, store)]
    asked = always_bought(models[0].scorer, models[1].scorer)
    given = _rows(data, models, asked, columns)
    if test is None:
        order = np.random.default_rng(SEED).permutation(len(given.default))
        chooses, judges = (given.take(np.sort(order[part::2])) for part in (0, 1))
    else:
        chooses, judges = given, _rows(test, models, asked, columns)
    policy = _policy(models[1])
    pair = banded(asked, chooses.matrix, policy, differ, alpha)
    if pair is None:
        return Cascade(differ, alpha, asked.bought, None, None, None, None, given.aside)
    made, band = pair
    decided = None if margins is None else margins.fixed(differ)
    trial = replace(_trial(made, judges, models[1], alpha, decided), price=_price(made, judges, applications))
    report = Cascade(
        differ, alpha, made.bought, made.low, made.high, band, trial, judges.aside if test else given.aside
    )
    if output is None or trial.verdict is not Verdict.NON_INFERIOR:
        return report
    bundle.save(_packed(made, models, report), output)
    return replace(report, written=True)


def _bundle(place: str | Path, store: str | None) -> ReviewedModel:
    opened = reviewed_model.opened(Path(place), store)
    if opened.bundle is None:
        raise RiskModelError(f"{place}: must be a bundle, however: it is a model file")
    return opened


def _policy(model: ReviewedModel) -> Policy:
    if model.policy is None or not 0 < model.policy.cutoff < 1:
        raise RiskModelError(f"{model.name}: must have a cutoff in (0, 1)")
    return model.policy


def _margins(model: ReviewedModel) -> Margins:
    known = model.bundle.lineage.get("margins") if model.bundle else None
    return Margins(**known) if known else Margins()


def _rows(data: Path, models: list[ReviewedModel], asked: CascadeScorer, columns: Columns) -> _Rows:
    part = review_rows.read(data, models, columns).now
    if part.default is None or models[1].bundle is None:
        raise RiskModelError("target must name the outcome")
    [batch] = part.table.combine_chunks().to_batches()
    guarded = input_validation.guarded(batch, asked.features, models[1].bundle.scoring)
    matrix = encode.matrix(guarded.rows, asked.features)
    kept = ~(guarded.aside | asked.undecided(matrix))
    if not kept.any():
        raise DataError(f"{data}: must have rows that score gives a PD, however: it sets all of them aside")
    for model in models:
        if model.development_rows:
            places = [[column.name for column in asked.features].index(column.name) for column in model.scorer.features]
            check_new(data, model.development_rows.common(matrix[:, places]), model.development_rows.chance)
    return _Rows(matrix[kept], part.default[kept], int((~kept).sum()))


def _trial(
    made: CascadeScorer, rows: _Rows, full: ReviewedModel, alpha: float, decided: DecisionMargins | None
) -> CascadeTrial:
    """All but the price."""
    policy, margins = _policy(full), _margins(full)
    every = always_bought(made.cheap, made.full)
    pds = {"cheap": expit(made.of_cheap(rows.matrix)), "full": every.pd(rows.matrix), "cascade": made.pd(rows.matrix)}
    sample = Sample("test", made.features, rows.matrix, rows.default, np.arange(len(rows.default)))
    change = compare("cascade", "full", sample, pds["cascade"], pds["full"], margins)
    pair = PairedDecisions.of(pds["cascade"], pds["full"], policy)
    if decided is not None:
        change = JudgedByDecisions(policy, decided).judged(change, rows.default, pds["cascade"], pds["full"])
    differing = int((pair.challenger != pair.champion).sum())
    return CascadeTrial(
        len(rows.default),
        int(rows.default.sum()),
        _share(made, rows),
        differing,
        risk_control.upper(differing, len(rows.default), alpha),
        {name: auc(rows.default, pd) for name, pd in pds.items()},
        change,
        verdict(change),
    )


def _share(made: CascadeScorer, rows: _Rows) -> Interval:
    band = made.in_band(rows.matrix)
    return interval.of_share(int(band.sum()), len(band))


def _price(made: CascadeScorer, rows: _Rows, applications: int | None) -> CascadePrice | None:
    share, first, full = _share(made, rows), used_columns(made.cheap), used_columns(made.full)
    cheap, alone, both = price_of(first), price_of(full), price_of((*first, *full))
    if not both:
        return None
    at = [cheap + part * (both - cheap) for part in (share.value, share.low, share.high)]
    saving = Interval(alone - at[0], alone - at[2], alone - at[1])
    a_year = None if applications is None else Interval(*(applications * one for one in asdict(saving).values()))
    return CascadePrice(cheap, alone, Interval(*at), saving, a_year)


def _packed(made: CascadeScorer, models: list[ReviewedModel], report: Cascade) -> Bundle:
    """The cascade under the full model's policy and rules; its lineage says of which bundles it was made, and how."""
    cheap, full = (model.bundle for model in models)
    if cheap is None or full is None:
        raise RiskModelError("a cascade must be made of two bundles")
    record = {"cheap": cheap.sha256, "full": full.sha256, **_plan(report)}
    return bundle.pack(
        made,
        full.policy,
        {**full.lineage, "variant": "cascade", "cascade": record},
        full.manifest["versions"],
        full.scoring,
        scale=full.scale,
        reference=_reference(cheap.reference, full.reference),
        reasons={**cheap.reasons, **full.reasons},
        actionable=full.actionable,
    )


def _plan(report: Cascade) -> dict[str, Any]:
    band = asdict(report.band) if report.band else None
    return {"differ": report.target, "alpha": report.alpha, "low": report.low, "high": report.high, "band": band}


def _reference(cheap: Reference, full: Reference) -> Reference:
    """What is usual of every column; PDs lie as the full model's did."""
    return replace(
        full,
        typical={**cheap.typical, **full.typical},
        missing={**cheap.missing, **full.missing},
        quantiles={**cheap.quantiles, **full.quantiles},
    )


def as_json(report: Cascade) -> bytes:
    """The same for a program."""
    return canonical(asdict(report))


def is_no_worse(report: Cascade) -> bool:
    """Whether there is a band, and the rows that judge show that nothing is lost by it."""
    return report.trial is not None and report.trial.verdict is Verdict.NON_INFERIOR
