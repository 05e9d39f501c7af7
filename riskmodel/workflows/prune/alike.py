"""The smallest cut that decides as the given model does: chosen on selection, confirmed on test, or proved.

Rows near the cutoff weigh more in the fit, since decisions turn there alone; labels are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from riskmodel import pruning
from riskmodel.core import Choice, Development, Pruner, Sample, Scorer, Split, Tick, check_number
from riskmodel.errors import RiskModelError
from riskmodel.evaluation.change.agreement import ALPHA, agreement, rows_needed
from riskmodel.review.reports.frontier import GIVEN
from riskmodel.review.reports.same_decisions import DecisionPoint, Everyone
from riskmodel.selection.chain import chain
from riskmodel.stats import weighted
from riskmodel.stats.words import percent
from riskmodel.trees.bounds import margin_range
from riskmodel.trees.upper_parts import cut_bound
from riskmodel.trees.worst_case import ROUNDING, DecisionProof, proved, worst_change
from riskmodel.workflows.prune import monotone_proof, search
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune.judge import APPROVED
from riskmodel.workflows.prune.path import METHOD, Cut

SHARE = 0.999
KEEPS = (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.025)
LOSSLESS = "lossless"
NEAR = 0.6  # log-odds from the cutoff at which a row's weight has fallen to 1 / e,
FLOOR = 0.1  # of the largest, to which this is added


@dataclass(frozen=True)
class DecisionRule:
    """What is asked.

    Parameters
    ----------
    share
        Of applications that must be decided alike, in (0, 1]; 1 is every possible one, by proof.
    cutoff
        PD from which an application is declined; None is where the given model approves 80 % (convention).
    """

    share: float = SHARE
    cutoff: float | None = None

    def check(self) -> None:
        """Raises: RiskModelError for what cannot be asked."""
        if not 0 < self.share <= 1:
            raise RiskModelError(f"same decisions must be a share in (0, 1], however: {self.share:g}")
        if self.cutoff is not None and not 0 < self.cutoff < 1:
            raise RiskModelError(f"the cutoff must be a PD in (0, 1), however: {self.cutoff:g}")

    def placed(self, scorer: Scorer, tune: Sample) -> PlacedRule:
        """The same with a cutoff, which stands before anything is cut."""
        usual = float(weighted.quantile(scorer.score(tune), APPROVED, None))
        return PlacedRule(self.share, usual if self.cutoff is None else self.cutoff)


def rule_of(share: float | None, cutoff: float | None, beside: Mapping[str, Any]) -> DecisionRule | None:
    """The rule where a share is given. Raises: RiskModelError for a cutoff without one, or what rules `beside` it."""
    check_number("same_decisions", share)
    check_number("cutoff", cutoff)
    if share is None:
        if cutoff is not None:
            raise RiskModelError("the cutoff is of same decisions alone, however: it is given without")
        return None
    rule = DecisionRule(share, cutoff)
    rule.check()
    if given := [name for name, value in beside.items() if value is not None]:
        raise RiskModelError(f"same decisions set the size without outcomes, however: {given[0]} is given too")
    return rule


@dataclass(frozen=True)
class PlacedRule:
    """A share of decisions, and the PD where they turn."""

    share: float
    cutoff: float

    def reach(self, rows: int) -> str:
        """What so many rows of test can show, in one line."""
        if self.share == 1:
            return "A share of 1 is every possible applicant: rows cannot show it, only a proof can."
        needed = rows_needed(self.share)
        best = ALPHA ** (1 / rows)
        enough = "" if needed <= rows else " Nothing can be confirmed: give more applications, no outcome is needed."
        return (
            f"Test has {rows:,} rows: without a turned decision they show {percent(best, 4)} alike; "
            f"{percent(self.share, 4)} takes {needed:,}.{enough}"
        )


@dataclass(frozen=True)
class Alike:
    """What was chosen, and why; `test` is the opened sample."""

    rule: PlacedRule
    cut: Cut
    confirmed: bool
    asked: tuple[str, ...]
    points: tuple[DecisionPoint, ...]
    tested: tuple[DecisionPoint, ...]
    everyone: Everyone
    test: Sample


def pd_pruner(method: str = METHOD, options: Mapping[str, Any] | None = None) -> Pruner:
    """A pruner of trees that learns the given PDs alone. Raises: RiskModelError for one that needs outcomes."""
    able = prune_path.tree_pruner(method)
    if "mix" not in {field.name for field in fields(able)}:  # type: ignore[arg-type]
        raise RiskModelError(f"for the same decisions a method must be able to learn PDs alone, however: {method!r}")
    return prune_path.tree_pruner(method, {**(options or {}), "mix": 1.0})


def smallest(  # noqa: PLR0917
    given: Cut,
    pruner: Pruner,
    split: Split,
    rule: PlacedRule,
    worst_case: bool = False,
    tick: Tick = lambda: None,
) -> Alike:
    """The smallest cut that test confirms, or that is proved; else the first one, not confirmed. A tick a size."""
    made = [cut for cut in _candidates(given, pruner, split.development, rule, tick) if search.is_smaller(given, cut)]
    if not made:
        raise RiskModelError("there must be a smaller model to ask about, however: nothing can be cut")
    by_name = {cut.name: cut for cut in made}
    points = [_point(cut, given, split.selection, rule) for cut in (given, *made)]
    asked = () if rule.share == 1 else _chain(points[1:], rule)
    test = split.test.open(Choice(GIVEN, asked))
    tested = [_point(given, given, test, rule)]
    confirmed: list[str] = []
    for name in asked:
        tested.append(_point(by_name[name], given, test, rule))
        if tested[-1].agreement.lower < rule.share:
            break
        confirmed.append(name)
    proven = by_name[confirmed[-1]] if confirmed else _proved(given, made, rule)
    chosen = proven or by_name[asked[0] if asked else made[0].name]
    if chosen.name not in {point.name for point in tested}:
        tested.append(_point(chosen, given, test, rule))
    everyone = _everyone(given, chosen, test, rule, worst_case)
    return Alike(rule, chosen, proven is not None, asked, tuple(points), tuple(tested), everyone, test)


def in_memory(scorer: Scorer, pruner: Pruner, split: Split, rule: DecisionRule) -> Scorer:
    """The smallest scorer that is shown to decide alike. Raises: RiskModelError where none is."""
    given = Cut(GIVEN, GIVEN, 1.0, scorer, None)
    placed = rule.placed(scorer, split.development.tune)
    result = smallest(given, pruner, split, placed)
    if not result.confirmed:
        raise RiskModelError(f"nothing smaller is shown to decide alike. {placed.reach(len(result.test))}")
    monotone_proof.prove(scorer, result.cut.scorer)
    return result.cut.scorer


def _candidates(given: Cut, pruner: Pruner, development: Development, rule: PlacedRule, tick: Tick) -> Iterator[Cut]:
    """What loses nothing, then the cuts, largest first."""
    lossless = pruning.make(LOSSLESS)
    (plan,) = lossless.plans(given.scorer, development, [1.0])
    yield Cut(LOSSLESS, LOSSLESS, 1.0, lossless.apply(plan, given.scorer, development), plan)
    train, tune = (nearer(sample, given.scorer, rule) for sample in (development.train, development.tune))
    yield from prune_path.cuts(given.scorer, pruner, Development(train, tune), KEEPS, tick)


def nearer(sample: Sample, scorer: Scorer, rule: PlacedRule) -> Sample:
    """The rows with a weight that falls with the distance of their margin from the cutoff."""
    apart = np.abs(scorer.margin(sample.columns(scorer.features)) - logit(rule.cutoff))
    weight = FLOOR + np.exp(-apart / NEAR)
    return replace(sample, weight=weight / weight.mean())


def _point(cut: Cut, given: Cut, sample: Sample, rule: PlacedRule) -> DecisionPoint:
    before, after = given.scorer.score(sample), cut.scorer.score(sample)
    same = agreement(before, after, rule.cutoff)
    return DecisionPoint(cut.name, len(cut.trees.trees), cut.trees.n_leaves, same, float(np.abs(after - before).mean()))


def _chain(points: Sequence[DecisionPoint], rule: PlacedRule) -> tuple[str, ...]:
    """Whom test shall confirm: a short chain of those that selection makes likely."""
    leaves = {point.name: float(point.leaves) for point in points}
    return chain(leaves, {point.name: point.agreement.p_value(rule.share) for point in points})


def _proved(given: Cut, made: Sequence[Cut], rule: PlacedRule) -> Cut | None:
    """The smallest of those that are proved to decide alike, for which no rows are needed."""
    proven = [cut for cut in made if _proof(given, cut, rule, _bound(given, cut)).everyone]
    return min(proven, key=lambda cut: cut.size, default=None)


def _bound(given: Cut, cut: Cut) -> float:
    """No margin changes by more, log-odds."""
    if cut.method == LOSSLESS:
        return max(ROUNDING[given.trees.rules], ROUNDING[cut.trees.rules])
    return cut_bound(given.trees, cut.trees)


def _proof(given: Cut, cut: Cut, rule: PlacedRule, bound: float) -> DecisionProof:
    return proved(given.trees, cut.trees, float(logit(rule.cutoff)), bound, margin_range(given.trees))


def _everyone(given: Cut, cut: Cut, test: Sample, rule: PlacedRule, worst_case: bool) -> Everyone:
    bound, centre = _bound(given, cut), float(logit(rule.cutoff))
    if worst_case and cut.method != LOSSLESS:
        bound = min(bound, worst_change(given.trees, cut.trees, test.columns(given.scorer.features)).bound)
    low, high = float(expit(centre - bound)), float(expit(centre + bound))
    pd = given.scorer.score(test)
    return Everyone(_proof(given, cut, rule, bound), low, high, float(((pd < low) | (pd > high)).mean()))
