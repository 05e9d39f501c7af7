"""Fit, prune, recover, recalibrate: everything that sees the development sample, and nothing that sees another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod

from riskmodel import compression, pruning
from riskmodel.config import RecipeEntry, Run, Step
from riskmodel.core import Column, Compressor, Development, Pruner, Recipe, Tick, Variant
from riskmodel.errors import ConfigError, RiskModelError
from riskmodel.evaluation import recalibrated
from riskmodel.scorers.checkpoints import Checkpoints
from riskmodel.workflows.train.teachers import Teachers

Variants = dict[str, Variant]
Names = Mapping[tuple[str, bytes], str]  # of steps, by tool and options


def check_steps(run: Run) -> None:
    """Raises: ConfigError for an unknown tool or option, dates that are missing, or a teacher without use."""
    for i, recipe in enumerate(run.recipes):
        for j, step in enumerate(recipe.steps):
            tool = _tool(step, f"recipes.{i}.steps.{j}.options")
            if isinstance(tool, Pruner) and tool.needs_dates and run.data.time is None:
                raise ConfigError(f"recipes.{i}.steps.{j}: {tool.name} needs data.time, however: it names no column")
            if step.teacher and isinstance(tool, Pruner) and not tool.learns:
                learning = ", ".join(name for name in pruning.names() if pruning.make(name).learns)
                raise ConfigError(f"recipes.{i}.steps.{j}.teacher is for {learning}, however: {tool.name} learns no PD")


def check_features(run: Run, features: Sequence[Column]) -> None:
    """Before anything is fitted. Raises: ConfigError for a step whose options do not fit the features."""
    for i, recipe in enumerate(run.recipes):
        for j, step in enumerate(recipe.steps):
            tool = _tool(step, f"recipes.{i}.steps.{j}.options")
            try:
                if isinstance(tool, Pruner):
                    tool.check_features(features)
            except RiskModelError as error:
                raise ConfigError(f"recipes.{i}.steps.{j}.options: {error}") from error


def fitted(
    how: Mapping[str, Recipe],
    features: Sequence[Column],
    development: Development,
    seed: int,
    tick: Tick = lambda: None,
    *,
    checkpoints: Checkpoints = Checkpoints(),  # noqa: B008 - frozen
) -> Variants:
    """The unpruned scorers, recalibrated on tune like all others; what was kept is not fitted again."""
    variants = {}
    for name, recipe in how.items():
        if (variant := checkpoints.kept(name)) is None:
            variant = Variant(name, name, recipe.fit(development, features, seed, tick))
            variant = checkpoints.keep(_recalibrated(variant, development))
        variants[name] = variant
    return variants


def count_fits(how: Mapping[str, Recipe]) -> int:
    """How often `fitted` calls its tick."""
    return sum(max(1, recipe.ticks) for recipe in how.values())


def count_cuts(run: Run) -> int:
    """How often `challengers` calls its tick."""
    return sum(len(r.scorers) * prod(max(1, len(step.keep)) for step in r.steps) for r in run.recipes)


def challengers(
    run: Run,
    unpruned: Variants,
    development: Development,
    tick: Tick = lambda: None,
    checkpoints: Checkpoints = Checkpoints(),  # noqa: B008 - frozen
) -> Variants:
    """Every recipe on each of its scorers, at every combination of keeps; what two recipes share is made once."""
    made, teachers = _Made(checkpoints), Teachers(unpruned, development, run.seed)
    wanted: Variants = {}
    names = short_names(run)
    for recipe in run.recipes:
        for name in recipe.scorers:
            for variant in _taken(recipe, unpruned[name], teachers, made, names):
                wanted[variant.name] = variant
                tick()
    return wanted


class _Made(Variants):
    """What was made in this run, or kept by one that was stopped."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        super().__init__()
        self._checkpoints = checkpoints

    def take_up(self, names: Sequence[str]) -> bool:
        """Whether all of these are there."""
        for name in names:
            if name not in self and (variant := self._checkpoints.kept(name)) is not None:
                super().__setitem__(name, variant)
        return all(name in self for name in names)

    def __setitem__(self, name: str, variant: Variant) -> None:
        super().__setitem__(name, self._checkpoints.keep(variant))


def _taken(recipe: RecipeEntry, base: Variant, teachers: Teachers, made: _Made, labels: Names) -> Iterator[Variant]:
    first: Sequence[Variant] = [base]
    for step in recipe.steps[:-1]:
        first = [new for variant in first for new in _step(step, variant, teachers, made, labels)]
    for variant in first:
        yield from _step(recipe.steps[-1], variant, teachers, made, labels)


def _step(step: Step, base: Variant, teachers: Teachers, made: _Made, labels: Names) -> Iterator[Variant]:
    names = [f"{base.name}/{label}" for label in _labels(step, labels)]
    if not made.take_up(names):
        development = teachers.development(tuple(step.teacher))
        tool = _tool(step, "options")
        if isinstance(tool, Pruner):
            fresh = _pruned(tool, step, base, development)
        else:
            compressed = tool.compress(base.scorer)
            fresh = iter([replace(base, scorer=compressed, steps=(*base.steps, tool.name))])
        for name, variant in zip(names, fresh, strict=True):
            settings = (*base.settings, step.settings)
            made[name] = _recalibrated(replace(variant, name=name, settings=settings), development)
            yield made[name]
    else:
        yield from (made[name] for name in names)


def _pruned(pruner: Pruner, step: Step, base: Variant, development: Development) -> Iterator[Variant]:
    development = pruning.remaining(development, base.plans)  # rows that a step has dropped stay dropped
    for plan in pruner.plans(base.scorer, development, step.keep):
        scorer = pruner.apply(plan, base.scorer, development)
        yield replace(
            base,
            scorer=scorer,
            plans=(*base.plans, plan),
            steps=(*base.steps, pruner.name),
            keep=base.keep * plan.keep,
        )


def short_names(run: Run) -> Names:
    """What each step is called in the names of variants: its tool, with a number where it has other options before.

    The options themselves stand in each variant's settings.
    """
    names: dict[tuple[str, bytes], str] = {}
    for step in (step for recipe in run.recipes for step in recipe.steps):
        tool = step.pruner or step.compressor or ""
        others = sum(other == tool for other, _ in names)
        names.setdefault(step.identity, f"{tool}-{others + 1}" if others else tool)
    return names


def _labels(step: Step, names: Names) -> list[str]:
    name = names[step.identity]
    return [f"{name}@{keep:g}" for keep in step.keep] or [name]


def _tool(step: Step, where: str) -> Pruner | Compressor:
    if step.pruner is not None:
        return pruning.make(step.pruner, step.options, where)
    return compression.make(step.compressor or "", step.options, where)


def _recalibrated(variant: Variant, development: Development) -> Variant:
    """A cut changes the spread of the margin; AUC cannot see it, a cutoff can."""
    sample = development.tune if development.recent is None else development.recent
    return replace(variant, scorer=recalibrated(variant.scorer, sample))
