"""Features out by recursive elimination, cross-fitted on development alone, and the recipe fitted again without them.

In each round every fold fits the recipe on the features that are left, stops it on a second fold, and measures mean
|SHAP value| and AUC on a third part that it never met; out of time one fit of earlier rows meets four later periods.
Correlated features are judged, and fall, as one group. What a feature costs divides its worth. Refuses scorers without
exact SHAP values, or without a recipe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from sklearn.metrics import roc_auc_score

from riskmodel.core import Column, Decision, Development, Pruner, PruningPlan, Sample, Scorer, Vector
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.explanation import importance
from riskmodel.explanation.attributions import HasContributions
from riskmodel.pruning.algorithms.features import elimination
from riskmodel.pruning.algorithms.features.call_elimination import affordable, charged_calls, front, tried_sets
from riskmodel.pruning.algorithms.features.groups import Group, correlated, repeated
from riskmodel.pruning.algorithms.features.lists import FeatureLists, feature_lists
from riskmodel.pruning.algorithms.features.shadow import screened
from riskmodel.stats import folds as stats_folds
from riskmodel.stats.forward import forward

Part = tuple[Development, Sequence[Sample]]  # what is fitted and stopped on, and each sample that judges it


@dataclass(frozen=True)
class ShapEliminationPruner(Pruner):
    """Groups of features that move the margin least for their price go first; `keep` is a share of the features.

    stop: "keep" goes as far as keep says. "one_error" goes no further than the fewest features whose mean AUC is within
    one standard error of the best, "margin" than the fewest whose loss is shown to be under `margin`; keep then is the
    least that may be left.

    screen: with "shadow" what says no more than permuted copies do goes before all else, at keep = 1 too.

    by: "feature", or "vendor": whole calls go by the AUC that is lost for the price; keep is a share of the price.
    """

    unit = "feature"
    same_columns = False

    by: Literal["feature", "vendor"] = "feature"
    screen: Literal["none", "shadow"] = "none"
    repeats: Annotated[int, Field(ge=10, le=1000)] = 20  # fits of the screen
    step: Annotated[float, Field(gt=0)] = 0.2  # of the groups that are left, or a count
    folds: Annotated[int, Field(ge=3, le=20)] = 4  # out of time the later periods judge in their place
    alike: Annotated[float, Field(gt=0)] = 0.9  # |Spearman's rho| of a group's features; above 1 there are no groups
    stop: Literal["keep", "one_error", "margin"] = "keep"
    margin: Annotated[float, Field(gt=0, lt=1)] = 0.005  # of AUC
    rows: Annotated[int, Field(ge=50)] = 2000  # of each judging sample, at most, that SHAP values are worked out on
    cost_weight: Annotated[float, Field(ge=0)] = 1.0  # of what a feature costs; 0 leaves costs out
    seed: int = 0  # of the folds
    must_keep: Sequence[str] = ()
    must_drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("must_keep", "must_drop"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # TOML and JSON have lists
        elimination.check_step(self.step)
        if self.by == "vendor" and self.screen != "none":
            raise RiskModelError('screen must be "none" where by is "vendor": it is of features, and calls go whole')

    def check_features(self, features: Sequence[Column]) -> None:
        lists = feature_lists(features, self.must_keep, self.must_drop, ())
        if self.by == "vendor":
            charged_calls(features, lists.must_drop)

    def decide(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        if self.by == "vendor":
            return self._of_calls(scorer, development, keeps)
        if not isinstance(scorer, HasContributions):
            raise UnsupportedScorer(f"must have exact SHAP values, however: a {scorer.kind} scorer has none")
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, keeps)
        groups = self._groups(scorer, development, lists)
        shadowed = self._shadowed(scorer, development, lists, groups)
        names = tuple(" + ".join(lists.names[i] for i in group) for group in groups)
        sizes = np.array([len(group) for group in groups])
        order, least, turns = self._eliminated(scorer, development, lists, groups, min(keeps, default=1.0), shadowed)
        decisions = []
        for keep in keeps:
            fixed = [g for g, group in enumerate(groups) if set(group) & set(lists.must_keep)]
            kept = _strongest(order, sizes, fixed, max(lists.count(keep), least))
            rank = np.zeros(len(groups))
            rank[order] = np.arange(1, len(order) + 1)
            rank[fixed] = len(order) + 1
            steps = tuple(0 if g in kept else turns.get(g, 1) for g in range(len(groups)))
            decisions.append(Decision(names, rank, kept, steps=steps))
        return decisions

    def _of_calls(self, scorer: Scorer, development: Development, keeps: Sequence[float]) -> Sequence[Decision]:
        """Whole calls: the sets of which none as cheap has more AUC. A cheaper one need not be part of a dearer one."""
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, keeps)
        calls, parts = charged_calls(scorer.features, lists.must_drop), list(self._parts(development))
        fixed = [c for c, call in enumerate(calls) if set(call.places) & set(lists.must_keep)]
        price = np.array([call.price for call in calls])
        if (share := price[fixed].sum() / price.sum()) > min(keeps, default=1.0):
            raise RiskModelError(
                f"keep must leave the calls of must_keep, {share:.3g} of the price, however: {min(keeps):g}"
            )

        @cache
        def judge(left: tuple[int, ...]) -> Vector:
            places = sorted(place for call in left for place in calls[call].places)
            return np.array([area for part in parts for area in _areas(scorer, part, places)])

        made = front(tried_sets(price, fixed, judge, min(keeps, default=1.0)), price)
        last = len(made) - 1 if self.stop == "keep" else self._last(made)
        rank = np.array([max(turn for turn, one in enumerate(made) if call in one.left) for call in range(len(calls))])
        names = tuple(call.name for call in calls)
        return [
            Decision(names, rank.astype(np.float64), made[min(affordable(made, price, keep), last)].left)
            for keep in keeps
        ]

    def _last(self, made: Sequence[elimination.HasScores]) -> int:
        """The round at which the rule stops."""
        if self.stop == "one_error":
            return elimination.within_one_error(made)
        return elimination.within_margin(made, self.margin)

    def _groups(self, scorer: Scorer, development: Development, lists: FeatureLists) -> list[Group]:
        """Of all features: what must stay or go, and what repeats another, is by itself."""
        matrix = development.train.columns(scorer.features)
        twins = repeated(matrix, [column.cost for column in scorer.features])
        return correlated(matrix, scorer.features, self.alike, {*lists.must_keep, *lists.must_drop, *twins})

    def _shadowed(
        self, scorer: Scorer, development: Development, lists: FeatureLists, groups: Sequence[Group]
    ) -> frozenset[int]:
        """The groups of which the screen rejects every feature, without what must stay or must go."""
        if self.screen == "none":
            return frozenset()
        rejected = set(screened(scorer, development, self.repeats, self.seed).rejected)
        gone = frozenset(g for g, group in enumerate(groups) if set(group) <= rejected & set(lists.free))
        fixed = {*lists.must_drop, *(place for g in gone for place in groups[g])}
        if len(fixed) == len(lists.names):
            raise RiskModelError("screen must leave a feature, however: none says more than a permuted copy does")
        return gone

    def _eliminated(  # noqa: PLR0917 - what a round is made of
        self,
        scorer: Scorer,
        development: Development,
        lists: FeatureLists,
        groups: Sequence[Group],
        keep: float,
        shadowed: frozenset[int],
    ) -> tuple[list[int], int, dict[int, int]]:
        """The free groups, first those that go first; the fewest features that a rule leaves; when each group goes."""
        matrix = development.train.columns(scorer.features)
        twins = set(repeated(matrix, [column.cost for column in scorer.features])) - set(lists.must_keep)
        twin = [g for g, group in enumerate(groups) if set(group) <= twins - set(lists.must_drop)]
        first = [g for g in twin if g not in shadowed]
        free = [g for g, group in enumerate(groups) if set(group) <= set(lists.free) - twins and g not in shadowed]
        if not free or (keep == 1 and self.stop == "keep"):
            return first + free, 0, {}
        fewest = max(1, min(lists.count(keep) - len(lists.must_keep), len(free)))
        parts = list(self._parts(development))
        price = np.array([1 + self.cost_weight * sum(scorer.features[i].cost for i in group) for group in groups])

        def judge(left: tuple[int, ...]) -> tuple[Vector, Vector]:
            places = sorted([*lists.must_keep, *(i for g in left for i in groups[g])])
            judged = [one for part in parts for one in _judged(scorer, part, places, self.rows)]
            mean = dict(zip(places, np.mean([worth for worth, _ in judged], axis=0), strict=True))
            worth = np.array([sum(mean[i] for i in groups[g]) for g in left]) / price[list(left)]
            return worth, np.array([score for _, score in judged])

        made = elimination.rounds(free, fewest, self.step, judge)
        turns = dict.fromkeys(first, 1) | {g: turn + 1 for turn, r in enumerate(made) for g in r.left}
        least = 0
        if self.stop != "keep":
            least = len(lists.must_keep) + sum(len(groups[g]) for g in made[self._last(made)].left)
        return first + elimination.order(made), least, turns

    def _parts(self, development: Development) -> Iterator[Part]:
        """Of each fold: the rows that fit and those that stop the fit, and the rows that judge; borrowers are whole.

        Out of time one fit of the earlier rows is judged on each of the later periods, as the champion's choice is.
        """
        if (ahead := forward(development)) is not None:
            yield ahead.earlier, [ahead.later.take(rows) for rows in ahead.periods]
            return
        whole = _joined(development)
        held = stats_folds.folds(whole.default, self.folds, self.seed, borrower=whole.borrower).held
        for k, judges in enumerate(held):
            stops = held[(k + 1) % self.folds]
            fits = np.setdiff1d(np.arange(len(whole)), np.concatenate([judges, stops]))
            yield Development(whole.take(fits, "train"), whole.take(stops, "tune")), [whole.take(judges, "fold")]

    def cut(self, scorer: Scorer, plan: PruningPlan, development: Development) -> Scorer:
        lists = feature_lists(scorer.features, self.must_keep, self.must_drop, [plan.keep])
        if not plan.dropped and (self.by == "feature" or not lists.must_drop):
            return scorer
        if self.by == "vendor":
            calls = charged_calls(scorer.features, lists.must_drop)
            return _refitted(scorer, development, sorted(place for c in plan.kept for place in calls[c].places))
        groups = self._groups(scorer, development, lists)
        return scorer.refit(development, [scorer.features[i] for i in sorted(i for g in plan.kept for i in groups[g])])


def _refitted(scorer: Scorer, development: Development, places: Sequence[int]) -> Scorer:
    return scorer.refit(development, [scorer.features[i] for i in places])


def _area(fitted: Scorer, judges: Sample) -> float:
    return float(roc_auc_score(judges.default, fitted.score(judges), sample_weight=judges.weight))


def _areas(scorer: Scorer, part: Part, places: Sequence[int]) -> list[float]:
    fitted = _refitted(scorer, part[0], places)
    return [_area(fitted, judges) for judges in part[1]]


def _judged(scorer: Scorer, part: Part, places: Sequence[int], rows: int) -> list[tuple[Vector, float]]:
    """Of each judging sample mean |SHAP value| of each feature and the AUC, on rows that did not fit."""
    fitted = _refitted(scorer, part[0], places)
    some = [judges.representative(rows).columns(fitted.features) for judges in part[1]]
    return [(importance(fitted, one), _area(fitted, judges)) for one, judges in zip(some, part[1], strict=True)]


def _joined(development: Development) -> Sample:
    """Train and tune."""
    train, tune = development.train, development.tune
    both = replace(
        train,
        name="development",
        matrix=np.concatenate([train.matrix, tune.columns(train.features)]),
        default=np.concatenate([train.default, tune.default]),
        rows=np.concatenate([train.rows, tune.rows]),
        attributes={},
        weight=None,
        days=None,
        ids=None,
        borrower=None,
    )
    if train.borrower is not None and tune.borrower is not None:
        both = replace(both, borrower=np.concatenate([train.borrower, tune.borrower]))
    if train.weight is None or tune.weight is None:
        return both
    return replace(both, weight=np.concatenate([train.weight, tune.weight]))


def _strongest(order: Sequence[int], sizes: Vector, fixed: Sequence[int], count: int) -> tuple[int, ...]:
    """The fixed groups and, from the last to go, those that fit in the count of features; one group at least."""
    kept, used = list(fixed), int(sum(sizes[g] for g in fixed))
    for group in reversed(order):
        if used + sizes[group] > count and kept:
            break
        kept.append(group)
        used += int(sizes[group])
    return tuple(sorted(kept))
