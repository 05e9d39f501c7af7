"""The dossier of a run: its chosen variant against its champion, on the test sample, which is open by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from riskmodel.config import Run
from riskmodel.core import Development, RowSketch, Sample, Scorer, TradeOff, Variant, Vector
from riskmodel.core.evidence import Evidence
from riskmodel.errors import RiskModelError
from riskmodel.evaluation import recalibrated, thresholds
from riskmodel.evaluation.change.decision_churn import SEEDS
from riskmodel.evaluation.change.rare_faults import Beyond
from riskmodel.evaluation.contest import Contest
from riskmodel.evaluation.stability import development_drift, reference, stability
from riskmodel.evaluation.stability import drift as drifts
from riskmodel.review.dossier import Dossier, assess
from riskmodel.review.evidence.drift_table import drift
from riskmodel.review.evidence.entry import Entry, Whom
from riskmodel.review.evidence.periods import Dated
from riskmodel.review.evidence.side import Side
from riskmodel.review.evidence.subject import Earlier, Fitted, MarginSource, Subject, Terms

AGAINST = "train for features and missing values, tune for the score: no scorer was fitted on tune"
SCORED = (stability.PSI, drifts.CALIBRATION)  # the others need no scorer
NO_SEED = "A {kind} scorer has no seed of its own: fitted again it is the same."


def dossier(  # noqa: PLR0917
    contest: Contest,
    trade_off: TradeOff,
    development: Development,
    test: Sample,
    selected: Sample,
    forms: Mapping[str, Vector | str],
) -> tuple[Dossier, Sequence[Evidence]]:
    """All evidence that the test sample allows, with the run's own table of drift; and the evidence of that drift.

    `forms` are the chosen scorer's PDs in each form in which it decides, or why there are none; drift goes
    from development to the sample that chose (`selected`) and to test.

    Raises: DataError for a protected column of too many levels.
    """
    variants, policy = contest.variants, contest.policy
    champion, chosen = variants[trade_off.champion], variants[trade_off.chosen]
    drifted = development_drift.of_scorer(chosen.scorer, development, (selected, test), contest.run.data.time)
    again, why = reseeded(champion.scorer, development)
    subject = Subject(
        _side(champion, development, test),
        _side(chosen, development, test),
        test.default,
        policy.cutoff,
        policy.grade_edges,
        contest.margins,
        **_attributes(contest.run, test),
        earlier=_earlier(contest.run, champion, chosen, development),
        reseeded=tuple(scorer.score(test) for scorer in again),
        no_reseed=why,
        forms=forms,
        terms=Terms(margins=MarginSource.RUN),
        beyond=Beyond.of(contest.further, chosen.scorer, champion.scorer),
        fitted=_fitted(chosen, development.train),
        weight=test.weight,
        decided_by=contest.decision_rule(chosen.name),
    )
    whom: Whom = "champion" if subject.one_scorer else "challenger"
    return replace(
        assess(subject, thresholds.standard()),
        drift=_drift(drifted, whom, _quarters(contest.run, (development.tune, selected, test))),
    ), drifted


def _earlier(run: Run, champion: Variant, chosen: Variant, development: Development) -> Earlier:
    tune, time = development.tune, run.data.time
    sides = _side(champion, development, tune), _side(chosen, development, tune)
    when = Dated.of(tune.attributes[time]) if time else None
    obligor = tune.attributes[run.data.borrower] if run.data.borrower else None
    names = None if when is None else when.names
    return Earlier(*sides, tune.default, tune.name, names, tune.weight, obligor, when)


def _fitted(chosen: Variant, train: Sample) -> Fitted:
    return Fitted(train.default, chosen.scorer.score(train), train.weight)


def _quarters(run: Run, samples: Sequence[Sample]) -> set[str]:
    """The periods by which the run's drift is judged, where it names a time."""
    time = run.data.time
    return {name for s in samples for name in drifts.quarters(s.attributes[time]).tolist()} if time else set()


def _drift(pieces: Sequence[Evidence], whom: Whom, dated: set[str]) -> dict[str, Any]:
    """The run's drift.json as a table; it is about the chosen scorer, and about columns of the data."""
    return drift([Entry(whom if e.method in SCORED else "data", e) for e in pieces], AGAINST, dated)


def _side(variant: Variant, development: Development, sample: Sample) -> Side:
    scorer = variant.scorer
    known = RowSketch.of_development(scorer, development)
    return Side(variant.name, scorer, sample.columns(scorer.features), reference.of(scorer, development), known)


def reseeded(scorer: Scorer, development: Development) -> tuple[tuple[Scorer, ...], str]:
    """The same recipe with the next seeds, recalibrated as all variants are; or why there are none."""
    if "seed" not in {field.name for field in fields(scorer)}:
        return (), NO_SEED.format(kind=scorer.kind)
    sample = development.tune if development.recent is None else development.recent
    again = []
    for seed in range(1, SEEDS + 1):
        settings: dict[str, Any] = {"seed": vars(scorer)["seed"] + seed}
        try:
            again.append(recalibrated(replace(scorer, **settings).refit(development, scorer.features), sample))
        except RiskModelError as error:
            return (), f"The champion cannot be fitted again: {error}."
    return tuple(again), ""


def _attributes(run: Run, test: Sample) -> dict[str, Any]:
    data, by_name = run.data, test.attributes
    amount: Vector | None = by_name[data.amount] if data.amount else None
    dated = Dated.of(by_name[data.time]) if data.time else None
    return {
        "protected": {name: by_name[name] for name in data.protected if name in by_name},
        "amount": amount,
        "period": None if dated is None else dated.names,
        "dated": dated,
        "obligor": by_name[data.borrower] if data.borrower else None,
        "cluster": (data.borrower, by_name[data.borrower]) if data.borrower else None,
    }
