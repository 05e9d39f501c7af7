"""The teachers that steps of a run name: scorers of the run, refitted in folds of development, once for all steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from riskmodel.core import Development, TeacherPds, Variant
from riskmodel.pruning.algorithms.students import out_of_fold


class Teachers:
    """Each teacher is made when a step first asks for it."""

    def __init__(self, unpruned: Mapping[str, Variant], development: Development, seed: int) -> None:
        self._unpruned, self._development, self._seed = unpruned, development, seed
        self._made: dict[tuple[str, ...], TeacherPds] = {}

    def development(self, names: tuple[str, ...]) -> Development:
        """What a step learns from; without names no teacher but the step's own scorer. Raises: RiskModelError."""
        if not names:
            return self._development
        if names not in self._made:
            scorers = {name: self._unpruned[name].scorer for name in names}
            self._made[names] = out_of_fold.teacher(scorers, self._development, seed=self._seed)
        return replace(self._development, taught=self._made[names])
