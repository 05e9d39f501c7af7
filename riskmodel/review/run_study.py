"""What one run leaves, put together: its choice, the figures beside it, and the facts of run.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from riskmodel.core import Development, Evaluation, Sample, SideFigures, Study, TradeOff, Variant, provenance
from riskmodel.datasets import leakage
from riskmodel.datasets.leakage import Suspect
from riskmodel.evaluation import machine
from riskmodel.evaluation.champion import Champion
from riskmodel.evaluation.contest import Contest
from riskmodel.evaluation.side_figures import Durations, side_figures
from riskmodel.explanation.attributions import ranked
from riskmodel.trees import HasTrees


def study(  # noqa: PLR0917
    contest: Contest,
    trade_off: TradeOff,
    tested: Mapping[str, Evaluation],
    facts: Mapping[str, Any],
    development: Development,
    selected: Sample,
    durations: Durations,
) -> Study:
    """All that one run leaves.

    Parameters
    ----------
    contest, trade_off, tested
        What was judged, the choice, and the figures on test.
    facts
        Of run.json.
    development, selected
        The samples on which features are ranked, and side figures taken.
    durations
        When each variant began to be made, and how long that took (seconds).
    """
    confirmation = trade_off.trials.get(trade_off.chosen)
    figures = _side_figures(contest, selected, durations)
    return Study(
        trade_off, contest.variants, confirmation, tested, facts, _attributions(contest.variants, development), figures
    )


def facts(
    contest: Contest,
    champion: Champion,
    hashes: Mapping[str, str],
    samples: Mapping[str, Any],
    suspects: Sequence[Suspect],
) -> dict[str, Any]:
    """What run.json says of a run; `samples` is how they were drawn."""
    run, policy = contest.run, contest.policy
    return {
        "hashes": hashes,
        "seeds": {"run": run.seed},
        **samples,
        "suspects": leakage.recorded(suspects, run.data),
        **({} if contest.cascade is None else {"cascade": contest.cascade}),
        "policy": {"cutoff": policy.cutoff, "refer_from": policy.refer_from, **_applications(contest)},
        "champion": champion.facts,
        "machine": machine(),
        "versions": provenance.versions(),
    }


def _applications(contest: Contest) -> dict[str, int]:
    count = contest.run.policy.applications_per_year
    return {} if count is None else {"applications_per_year": count}


def _attributions(
    variants: Mapping[str, Variant], development: Development
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Mean |SHAP| of each unpruned booster's features on tune."""
    tune = development.tune.representative(len(development.tune))
    unpruned = {name: variant.scorer for name, variant in variants.items() if not variant.steps}
    return {name: ranked(scorer, tune) for name, scorer in unpruned.items() if isinstance(scorer, HasTrees)}


def _side_figures(contest: Contest, selected: Sample, durations: Durations) -> dict[str, SideFigures]:
    scorers = {name: variant.scorer for name, variant in contest.variants.items()}
    protected, cutoff = contest.run.data.protected, contest.policy.cutoff
    return side_figures(scorers, contest.champion, cutoff, protected, selected, durations)
