"""What a sceptical reader of a run must know: one rule a weakness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import hypot
from statistics import median

from riskmodel.config import Run
from riskmodel.core import Difference, Study, Verdict
from riskmodel.review.claims import budget_claim, joint_verdict, rivals
from riskmodel.review.findings import Finding, Severity, Topic
from riskmodel.review.wording import NOT_EVALUATED, count, figure, label, listed, micros, signed
from riskmodel.selection import MACHINE, Budget


def run_findings(settings: Run, study: Study) -> tuple[Finding, ...]:
    """All findings of a run, in the order of the rules."""
    return tuple(finding for rule in _RULES for finding in rule(settings, study))


def _confirmation(_: Run, study: Study) -> Iterator[Finding]:
    chosen, change = study.trade_off.chosen, study.confirmation
    if chosen == study.trade_off.champion:
        return
    if change is None:
        yield Finding(Severity.HIGH, f"{chosen} was not confirmed on the test sample.", NOT_EVALUATED, Topic.VERDICT)
        return
    before, after = study.trade_off.verdicts[chosen], joint_verdict(change)
    if after is Verdict.NON_INFERIOR:
        return
    severity = Severity.HIGH if after is Verdict.INFERIOR else Severity.MEDIUM
    differs = "" if before is after else f", where the selection sample said {before}"
    weak = {name: d for name, d in change.deciding.items() if d.verdict is not Verdict.NON_INFERIOR}
    evidence = " ".join(_bound(name, difference) for name, difference in weak.items())
    yield Finding(severity, f"The test sample finds {chosen} {after}{differs}.", evidence, Topic.VERDICT)


def _bound(name: str, difference: Difference) -> str:
    text = (
        f"{label(name)}: difference {signed(difference.delta)}, 95 % bound {signed(difference.lower)}, "
        f"margin {figure(difference.margin)}, {difference.verdict}"
    )
    if difference.verdict is Verdict.INCONCLUSIVE:
        text += f"; the smallest margin that this sample could have shown is {figure(difference.detectable)}"
    return text + "."


def _by_decisions(_: Run, study: Study) -> Iterator[Finding]:
    """Where the scores do not decide, a reader must know what they say."""
    for name, selection in study.trade_off.changes.items():
        change = study.trade_off.trials.get(name, selection)
        if change.informative:
            figures = " and ".join(label(figure).lower() for figure in change.deciding)
            evidence = " ".join(_bound(figure, change.differences[figure]) for figure in change.informative)
            statement = f"{name} is judged by {figures}; what its scores say on {change.sample} does not decide."
            yield Finding(Severity.MEDIUM, statement, evidence, Topic.VERDICT)


def _budget(settings: Run, study: Study) -> Iterator[Finding]:
    chosen, budget = study.trade_off.chosen, settings.latency.budget_us
    timings = study.trade_off.timings.get(chosen, {})
    claim = budget_claim(timings, budget, study.trade_off.timings.get(MACHINE))
    if claim == Budget.MET:
        return
    if claim == NOT_EVALUATED or budget is None:
        missing = "the run's TOML has no budget" if budget is None else "one application was not timed"
        yield Finding(Severity.LOW, "The latency budget was not judged.", f"{NOT_EVALUATED}: {missing}.")
        return
    p99 = timings[1].p99
    evidence = (
        f"99th percentile of one decision {micros(p99.value)} "
        f"({micros(p99.low)} to {micros(p99.high)}), budget {micros(budget)}."
    )
    severity = Severity.HIGH if claim == Budget.NOT_MET else Severity.MEDIUM
    yield Finding(severity, f"{chosen} against the latency budget: {claim}.", evidence)


def _calibration(_: Run, study: Study) -> Iterator[Finding]:
    chosen = study.trade_off.chosen
    evaluation = study.tested.get(chosen, study.trade_off.evaluations[chosen])
    slope = evaluation.figures.get("calibration_slope")
    if slope is None:
        yield Finding(Severity.LOW, "The calibration slope was not judged.", f"{NOT_EVALUATED}: no such figure.")
    elif not slope.low <= 1 <= slope.high:
        meaning = "too extreme" if slope.high < 1 else "too timid"
        evidence = f"Slope {figure(slope.value)} ({figure(slope.low)} to {figure(slope.high)}) on {evaluation.sample}."
        yield Finding(Severity.MEDIUM, f"The PDs of {chosen} are {meaning}: the calibration slope is not 1.", evidence)


def _rival(_: Run, study: Study) -> Iterator[Finding]:
    if study.trade_off.chosen == study.trade_off.champion or not study.variants[study.trade_off.chosen].plans:
        return
    names = rivals(study)
    if not names:
        evidence = f"{NOT_EVALUATED}: no prefix or retrain variant of the same family and a similar size."
        yield Finding(Severity.LOW, "The choice has no plain rival to be measured against.", evidence)
    for name in names:
        yield from _against(study, name)


def _against(study: Study, rival: str) -> Iterator[Finding]:
    chosen = study.trade_off.chosen
    if chosen not in study.trade_off.changes or rival not in study.trade_off.changes:
        return
    ours, theirs = (study.trade_off.changes[name].differences["auc"] for name in (chosen, rival))
    noise = 1.645 * hypot(ours.standard_error, theirs.standard_error)
    gain = ours.delta - theirs.delta
    if gain > noise:
        return
    evidence = (
        f"AUC less the champion's: {signed(ours.delta)} for {chosen}, {signed(theirs.delta)} for {rival}; "
        f"a gain within {figure(noise)} counts as noise here (both standard errors, taken as independent)."
    )
    statement = f"{rival}, a plain rival of a similar size, does as well as {chosen} within noise."
    if gain <= 0:
        statement = f"{rival}, a plain rival of a similar size, has at least the AUC of {chosen}."
    yield Finding(Severity.MEDIUM if gain <= 0 else Severity.LOW, statement, evidence)


def _time(settings: Run, _: Study) -> Iterator[Finding]:
    if settings.data.time is None:
        evidence = "The run names no time column, so the samples were drawn at random from one period."
        yield Finding(Severity.MEDIUM, "The test sample is not out of time.", evidence)
    elif settings.split.how == "random":
        evidence = f"The run draws its samples at random, though {settings.data.time!r} dates every row."
        yield Finding(Severity.MEDIUM, "The test sample is not out of time.", evidence)


def _opened_before(_: Run, study: Study) -> Iterator[Finding]:
    """A test sample that was opened before has been learnt from."""
    openings = study.run.get("openings", [])
    same = [opening for opening in openings if opening["test_sha256"] == openings[-1]["test_sha256"]]
    if len(same) > 1:
        other = len({opening["toml_sha256"] for opening in same})
        evidence = f"By {other} different TOML{'s' if other > 1 else ''}, first {same[0]['at']}; run.json has all."
        statement = f"The test sample has been opened {len(same)} times: its figures may have been learnt from."
        yield Finding(Severity.MEDIUM if other > 1 else Severity.LOW, statement, evidence, Topic.ROWS)


def _stays(_: Run, study: Study) -> Iterator[Finding]:
    if study.trade_off.chosen == study.trade_off.champion:
        yield Finding(Severity.LOW, f"The champion stays: {study.trade_off.champion}.", study.trade_off.reason)


def _inconclusive(_: Run, study: Study) -> Iterator[Finding]:
    names = [name for name, verdict in study.trade_off.verdicts.items() if verdict is Verdict.INCONCLUSIVE]
    if not names:
        return
    auc = [study.trade_off.changes[name].differences["auc"] for name in names]
    evidence = (
        f"{listed(names, 8)}. Median smallest AUC margin that could have been shown: "
        f"{figure(median(d.detectable for d in auc))}; the margin is {figure(auc[0].margin)}."
    )
    total = count(len(study.trade_off.verdicts))
    yield Finding(Severity.LOW, f"{len(names)} of {total} challengers are inconclusive on selection.", evidence)


def _protected(settings: Run, _: Study) -> Iterator[Finding]:
    used = sorted(name for name, may_use in settings.data.protected.items() if may_use)
    if used:
        evidence = "The run's TOML lets scorers use them."
        yield Finding(Severity.LOW, f"Protected columns may be scored by: {listed(used)}.", evidence)


def _suspects(_: Run, study: Study) -> Iterator[Finding]:
    """What the screens of the data found and training went on with: kept with a reason, or a warning."""
    for suspect in study.run.get("suspects", ()):
        name = suspect["column"] or "rows"
        if suspect["reason"] is not None:
            statement = f"{name} may know the outcome, and was kept ({suspect['screen']})."
            evidence = f"{name} {suspect['evidence']}. Reason given: {suspect['reason']}."
            yield Finding(Severity.MEDIUM, statement, evidence)
        elif suspect["severity"] == "warns":
            yield Finding(Severity.LOW, f"{name}: {suspect['screen']}.", f"{name}: {suspect['evidence']}.")


_Rule = Callable[[Run, Study], Iterator[Finding]]
_RULES: tuple[_Rule, ...] = (
    _confirmation,
    _by_decisions,
    _budget,
    _calibration,
    _rival,
    _time,
    _opened_before,
    _stays,
    _inconclusive,
    _protected,
    _suspects,
)
