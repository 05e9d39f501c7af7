"""The steps that all pruning from outside shares: the rule, the sealed test, the rivals, and the data of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskmodel.config import Margins
from riskmodel.core import Choice, Development, Pruner, Sample, Scorer, Split, Tick
from riskmodel.evaluation.change.power import Reach
from riskmodel.evaluation.robustness.before_and_after import SmallChangeComparison, compared
from riskmodel.evaluation.thresholds import standard
from riskmodel.review.reports.frontier import GIVEN, Frontier, Point
from riskmodel.stats import weighted
from riskmodel.stats.words import percent
from riskmodel.workflows.progress import Stages
from riskmodel.workflows.prune import direction, judge, search
from riskmodel.workflows.prune import path as prune_path
from riskmodel.workflows.prune.judge import APPROVED, Rule, Trial
from riskmodel.workflows.prune.path import KEEPS, Cut
from riskmodel.workflows.prune.search import Judged


def rule_of(scorer: Scorer, tune: Sample, margin: float, further: Sample | None = None) -> Rule:
    """The margins, and the cutoff at which the given model approves its usual share of tune."""
    cutoff = float(weighted.quantile(scorer.score(tune), APPROVED, tune.weight))
    return Rule(Margins(auc=margin), cutoff, further)


def hold(scorer: Scorer, train: Sample, name: str, stages: Stages) -> None:
    """Says where PDs and outcome differ in size. Raises: DataError where they differ in order."""
    direction.check(scorer, train, name)
    if line := direction.level(scorer, train):
        stages.say(f"{name}: {line}")


def reach(selection: Sample, margin: float) -> Reach:
    """The test sample is sealed, and of the size of this one."""
    return Reach("selection", len(selection), int(selection.default.sum()), margin)


def sizes(  # noqa: PLR0917
    given: Cut,
    pruner: Pruner,
    development: Development,
    selection: Sample,
    rule: Rule,
    keep: float | None,
    tick: Tick = lambda: None,
) -> list[Judged]:
    """The size that was asked for alone, or those on the way to the smallest that is likely to pass; a tick a size."""

    def make(share: float) -> Judged:
        (cut,) = prune_path.cuts(given.scorer, pruner, development, [share], tick)
        return cut, judge.change(given, cut, selection, rule)

    return search.smallest(make, KEEPS) if keep is None else [make(keep)]


def small_changes(
    given: Scorer, written: Scorer, test: Sample, cutoff: float, stages: Stages
) -> SmallChangeComparison | str:
    """What a small change of the inputs turns before and after; said aloud where the cut made it easier."""
    comparison = compared(given, written, test, cutoff, standard())
    if isinstance(comparison, SmallChangeComparison) and comparison.is_worse:
        stages.say(
            f"A change of {percent(comparison.change, 0)} of each feature's spread turns "
            f"{percent(comparison.written.share.value, 2)} of the decisions, of the given model "
            f"{percent(comparison.given.share.value, 2)}: {comparison.mark}."
        )
    return comparison


def chain_of(given: Cut, made: Sequence[Judged], *, searched: bool) -> tuple[str, ...]:
    """Whom test is asked of: those that selection puts forward, or a given size where it is smaller."""
    if searched:
        return search.asked(given, made)
    return tuple(cut.name for cut, _ in made if search.is_smaller(given, cut))


@dataclass(frozen=True)
class TrialResult:
    """What both samples said: every size with the rivals on selection, the chosen one with them on test."""

    trial: Trial
    test: Sample
    chain: tuple[str, ...]
    points: tuple[Point, ...]
    tested: tuple[Point, ...]

    def frontier(
        self, *, title: str, method: str, margin: float, certificate: Any, record: Mapping[str, Any], **more: Any
    ) -> Frontier:
        """The data of the page."""
        return Frontier(
            title=title,
            method=method,
            chosen=self.trial.cut.name,
            margin=margin,
            points=self.points,
            tested=self.tested,
            change=self.trial.change,
            certificate=certificate,
            record=record,
            confirmed=self.trial.confirmed,
            decided_by=judge.deciding(self.trial.change).decided_by,
            asked=self.chain,
            **more,
        )


def confirm(  # noqa: PLR0917
    given: Cut,
    made: Sequence[Judged],
    chain: tuple[str, ...],
    split: Split,
    rule: Rule,
    rivals_of: Callable[[Cut], Sequence[Cut]],
    stages: Stages,
) -> TrialResult:
    """Opens test for the chain, makes the rivals of the chosen one, and sets all beside the given model."""
    with stages.stage("Confirm on test"):
        test = split.test.open(Choice(GIVEN, chain))
        trial = judge.trial(given, [cut for cut, _ in made], chain, test, rule)
    with stages.stage("Make the rivals"):
        rivals = rivals_of(trial.cut)
        points = [judge.point(given, given, split.selection, rule)]
        points += [judge.point(given, cut, split.selection, rule, change) for cut, change in made]
        points += [judge.point(given, rival, split.selection, rule) for rival in rivals]
        tested = [judge.point(given, cut, test, rule) for cut in (given, *rivals)]
        tested.insert(1, judge.point(given, trial.cut, test, rule, trial.change))
    return TrialResult(trial, test, chain, tuple(points), tuple(tested))
