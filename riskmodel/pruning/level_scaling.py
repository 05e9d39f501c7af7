"""Scale and shift the subtrees of one level after the other, under a penalty that drops what is not needed (LOP).

Devos, Martens, Oruc, Meert, Blockeel and Davis 2025 (ICML, PMLR 267): at each level every subtree gets a scale of its
leaf values and a shift, fitted jointly by L1 logistic regression; a scale of 0 ends the tree there. Here without the
design matrix they need, with columns brought to one length, so that scales and shifts are judged alike, and with one
rising penalty in place of a search at each level. Refuses scorers without trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riskmodel.core import Vector
from riskmodel.pruning.algorithms.trees.block_coordinate import Descent
from riskmodel.pruning.algorithms.trees.contrasts import haar
from riskmodel.pruning.algorithms.trees.level_lasso import Level, fitted_level, largest_penalty, level_of
from riskmodel.pruning.algorithms.trees.path import PathPruner
from riskmodel.pruning.algorithms.trees.problem import Problem
from riskmodel.pruning.algorithms.trees.refit import descent_of, pooled
from riskmodel.pruning.algorithms.trees.truncation import Splits, Step, Stump, stumps

START = 0.2  # of the penalty at which nothing stands
RISE = 1.2  # of the penalty from one rung to the next
RUNGS = 12  # to beyond that penalty


@dataclass(frozen=True)
class LevelScalingPruner(PathPruner):
    """Level-wise L1 on scales and shifts, joint refit."""

    def going(self, problem: Problem) -> Sequence[Step]:
        state = _centred(problem)
        penalty = START * largest_penalty(*_levels(problem, state, 0)[1:])
        gone: list[Step] = []
        for _ in range(RUNGS):
            depth = 0
            while depth <= _deepest(problem, state):
                state, went = _one_level(problem, state, depth, penalty)
                gone += went
                depth += 1
            penalty *= RISE
        return gone + _weakest_first(problem, state, state.kept)


@dataclass(frozen=True, eq=False)
class _State:
    """What stands: the kept splits, and the values of the old leaves."""

    kept: Splits
    values: tuple[Vector, ...]


def _centred(problem: Problem) -> _State:
    """The teacher, with what its trees add on average left to the intercept."""
    leaves = zip(problem.layouts, problem.masses, strict=True)
    values = tuple(layout.value - np.average(layout.value, weights=mass) for layout, mass in leaves)
    return _State(tuple(np.ones(len(layout.nodes), np.bool_) for layout in problem.layouts), values)


def _deepest(problem: Problem, state: _State) -> int:
    """The depth of the deepest kept split; -1 where none is kept."""
    trees = zip(problem.layouts, state.kept, strict=True)
    return max((int(layout.depth[kept].max()) for layout, kept in trees if kept.any()), default=-1)


def _one_level(problem: Problem, state: _State, depth: int, penalty: float) -> tuple[_State, list[Step]]:
    """The state after one level is fitted and what has no scale is gone, with the steps that went."""
    standing, descent, levels = _levels(problem, state, depth)
    fitted = fitted_level(descent, levels, penalty)
    values, dead = list(state.values), [np.zeros_like(kept) for kept in state.kept]
    for stump, level in zip(standing, fitted, strict=True):
        values[stump.tree] = level.values[stump.end]
        dead[stump.tree][stump.splits[_dead(stump, level)]] = True
    went = _weakest_first(problem, state, tuple(dead))
    kept = tuple(old & ~gone for old, gone in zip(state.kept, dead, strict=True))
    return _State(kept, tuple(values)), went


def _levels(problem: Problem, state: _State, depth: int) -> tuple[tuple[Stump, ...], Descent, list[Level]]:
    standing = stumps(problem.layouts, state.kept)
    values = pooled(problem, standing, state.values)
    masses = [stump.summed(problem.masses[stump.tree]) for stump in standing]
    stacked = zip(standing, values, masses, strict=True)
    levels = [level_of(stump.layout, value, mass, depth) for stump, value, mass in stacked]
    return standing, descent_of(problem.train, standing, values), levels


def _dead(stump: Stump, level: Level) -> list[int]:
    """The splits whose leaves all have one value: below a scale of 0, and above equal siblings."""
    layout, values = stump.layout, level.values
    return [split for split in range(len(layout.nodes)) if np.ptp(values[layout.below(split)]) == 0]


def _weakest_first(problem: Problem, state: _State, going: Splits) -> list[Step]:
    """The given splits by the norm of what the state says at and below them."""
    weakest = []
    for tree, (layout, mass) in enumerate(zip(problem.layouts, problem.masses, strict=True)):
        if going[tree].any():
            square = np.cumsum(np.append(0, haar(layout, mass).coefficients(state.values[tree]) ** 2))
            strength = square[1:] - square[layout.first]
            weakest += [(strength[split], tree, split) for split in np.flatnonzero(going[tree]).tolist()]
    return [(tree, split) for _, tree, split in sorted(weakest)]
