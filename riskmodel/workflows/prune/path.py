"""A model at a size, and its two honest rivals of the same size; nothing here sees a sample that judges.

Each size ends as a native model that needs no line after it: the line that brings its PDs back to the given model's is
folded into its leaves. Towards the given PDs and not the outcomes, so that cutoffs set for the given model still hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskmodel import pruning
from riskmodel.core import Calibration, Development, Pruner, PruningPlan, Scorer, Tick
from riskmodel.errors import RiskModelError, UnsupportedScorer
from riskmodel.evaluation.change.fidelity import aligned
from riskmodel.networks.graph import HasGraph, levelled
from riskmodel.trees import HasTrees, TreeEnsemble
from riskmodel.trees.edit.affine import folded

METHOD = "group_lasso"
KEEPS = (0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05)
UNITS = ("tree", "node", "scorer", "max_interaction", "feature")


@dataclass(frozen=True)
class Cut:
    """One smaller model; `plan` is None of the given one."""

    name: str
    method: str
    keep: float  # that was asked for; a rival bears that of the cut it stands beside
    scorer: Scorer
    plan: PruningPlan | None

    @property
    def has_trees(self) -> bool:
        """Whether its trees are known; of a column of PDs nothing is."""
        return isinstance(self.scorer, HasTrees)

    @property
    def trees(self) -> TreeEnsemble:
        return trees_of(self.scorer)

    @property
    def is_known(self) -> bool:
        """Whether it has trees or layers that can be counted."""
        return self.has_trees or isinstance(self.scorer, HasGraph)

    @property
    def parts(self) -> int | None:
        """Leaves of trees; weights of a network that are not zero; None of a column of PDs."""
        if isinstance(self.scorer, HasGraph):
            return self.scorer.graph.connections
        return self.trees.n_leaves if self.has_trees else None

    @property
    def wholes(self) -> int | None:
        """Trees, or neurons."""
        if isinstance(self.scorer, HasGraph):
            return self.scorer.complexity().neurons
        return len(self.trees.trees) if self.has_trees else None

    @property
    def size(self) -> tuple[int, ...]:
        """What is smaller has less of the first, or as much of it and less of what comes next."""
        if isinstance(self.scorer, HasGraph):
            return (self.parts or 0, self.wholes or 0)
        return (self.trees.n_nodes, len(self.trees.trees), len(self.trees.used_features))


def tree_pruner(method: str, options: Mapping[str, Any] | None = None) -> Pruner:
    """A pruner of trees that leaves all columns in place, by its name.

    Raises: RiskModelError for any other, or one that makes no trees.
    """
    pruner = pruning.make(method, options)
    if pruner.unit not in UNITS:
        raise RiskModelError(f"method must prune trees, however: {method!r} prunes {pruner.unit}s")
    if not pruner.same_columns:
        raise RiskModelError(f"method must prune trees, however: {method!r} trains the model afresh")
    if not pruner.same_kind:
        raise RiskModelError(f"method must prune trees, however: {method!r} trains a scorer of another kind")
    return pruner


def trees_of(scorer: Scorer) -> TreeEnsemble:
    """Raises: UnsupportedScorer for a scorer without trees."""
    if not isinstance(scorer, HasTrees):
        raise UnsupportedScorer(f"a {scorer.kind} scorer has no trees")
    return scorer.ensemble


def cuts(
    given: Scorer, pruner: Pruner, development: Development, keeps: Sequence[float], tick: Tick = lambda: None
) -> Iterator[Cut]:
    """The model at each share of its leaves, without rivals."""
    return _cuts(given, pruner, development, [(keep, keep) for keep in keeps], tick)


def work_of(given: Scorer, pruner: Pruner, development: Development, sizes: int) -> str:
    """What is to be done, in one line, before it begins."""
    leaves, rows = trees_of(given).n_leaves, len(development.train)
    many = f"up to {sizes} sizes are" if sizes > 1 else "one size is"
    return f"By {pruner.name} {many} made of {leaves:,} leaves, each on {rows:,} rows."


def rivals(given: Scorer, cut: Cut, development: Development, tick: Tick = lambda: None) -> list[Cut]:
    """The honest rivals of a cut, of at most as many leaves: the first trees, and a model trained afresh."""
    share = min(1.0, cut.trees.n_leaves / trees_of(given).n_leaves)
    names = [name for name in pruning.RIVALS if name != cut.method]
    return [r for name in names for r in _cuts(given, pruning.make(name), development, [(cut.keep, share)], tick)]


def _cuts(
    given: Scorer, pruner: Pruner, development: Development, sizes: Sequence[tuple[float, float]], tick: Tick
) -> Iterator[Cut]:
    """`sizes`: the keep that a size is named for, and the share that it is cut to."""
    for plan, (label, _) in zip(pruner.plans(given, development, [share for _, share in sizes]), sizes, strict=True):
        scorer = native(given, pruner.apply(plan, given, development), development)
        yield Cut(f"{pruner.name}@{label:g}", pruner.name, label, scorer, plan)
        tick()


def native(given: Scorer, cut: Scorer, development: Development) -> Scorer:
    """The cut scorer within the given one's own frame: names, categories, format.

    A line that brings its PDs to the given one's on tune is folded into its leaves. A scorer that lost nothing stays as
    it is. Raises: UnsupportedScorer.
    """
    if cut is given:
        return given
    if isinstance(given, HasGraph) and isinstance(cut, HasGraph):
        rows = development.tune.columns(given.features)
        line = aligned(cut.raw_margin(rows), given.pd(rows), development.tune.weight)
        return cut.with_graph(levelled(cut.graph, line.slope, line.intercept))
    if not isinstance(given, HasTrees):
        raise UnsupportedScorer(f"a {given.kind} scorer has no trees")
    rows = development.tune.columns(given.features)
    line = aligned(cut.raw_margin(rows), given.pd(rows), development.tune.weight)
    made: Scorer = given.with_ensemble(folded(trees_of(cut), line))
    return made.recalibrated(Calibration())
