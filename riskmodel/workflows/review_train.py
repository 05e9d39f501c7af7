"""The dossier of a run: its chosen variant against its champion, on the test sample, which is open by then."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from riskmodel.config import Run
from riskmodel.core import Development, Sample, Scorer, TradeOff, Variant, Vector
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import fit_calibration, thresholds
from riskmodel.review.dossier import Dossier, Earlier, Side, Subject, assess, periods
from riskmodel.workflows import reference, review_model
from riskmodel.workflows.judge import Contest

NO_SEED = "A {kind} scorer has no seed of its own: fitted again it is the same."


def dossier(contest: Contest, trade_off: TradeOff, seen: Development, test: Sample) -> Dossier:
    """All evidence that the test sample allows. Raises: DataError for a protected column of too many levels."""
    variants, policy = contest.variants, contest.policy
    champion, chosen = variants[trade_off.champion], variants[trade_off.chosen]
    again, why = reseeded(champion.scorer, seen)
    after = _side(chosen, seen, test)
    subject = Subject(
        _side(champion, seen, test),
        after,
        test.default,
        policy.cutoff,
        policy.grade_edges,
        contest.run.margins,
        **_attributes(contest.run, test),
        earlier=Earlier(_side(champion, seen, seen.tune), _side(chosen, seen, seen.tune), seen.tune.default, "tune"),
        reseeded=() if again is None else (again.score(test),),
        no_reseed=why,
        forms=review_model.forms(review_model.Model(chosen.name, chosen.scorer), after.matrix),
        fitted=(seen.train.default, chosen.scorer.score(seen.train)),
    )
    return assess(subject, thresholds.standard())


def _side(variant: Variant, seen: Development, sample: Sample) -> Side:
    scorer = variant.scorer
    return Side(variant.name, scorer, sample.columns(scorer.features), reference.of(scorer, seen))


def reseeded(scorer: Scorer, seen: Development) -> tuple[Scorer | None, str]:
    """The same recipe with the next seed, recalibrated as all variants are; or why there is none."""
    if "seed" not in {field.name for field in fields(scorer)}:
        return None, NO_SEED.format(kind=scorer.kind)
    settings: dict[str, Any] = {"seed": vars(scorer)["seed"] + 1}
    try:
        again = replace(scorer, **settings).refit(seen, scorer.features)
    except RiskModelError as error:
        return None, f"The champion cannot be fitted again: {error}."
    sample = seen.tune if seen.recent is None else seen.recent
    line = fit_calibration(again.raw_margin(sample.columns(again.features)), sample.default)
    return again.recalibrated(line), ""


def _attributes(run: Run, test: Sample) -> dict[str, Any]:
    data, found = run.data, test.attributes
    amount: Vector | None = found[data.amount] if data.amount else None
    return {
        "protected": {name: found[name] for name in data.protected if name in found},
        "amount": amount,
        "period": periods(found[data.time]) if data.time else None,
    }
