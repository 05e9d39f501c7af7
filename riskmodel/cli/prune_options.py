"""What is wrong with the options of `riskmodel prune`: all of it at once, before a file is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskmodel.cli import model_options
from riskmodel.errors import RiskModelError

if TYPE_CHECKING:
    from riskmodel.workflows.prune.size import Size


@dataclass(frozen=True)
class PruneOptions:
    """The options that decide which kind of pruning is meant; None or empty where they are not given."""

    model: Path | None
    data: Path
    output: Path
    target: str | None
    teacher_pd: str | None
    ignore: Sequence[str]
    method: str | None
    sizes: dict[str, float | None]
    same_decisions: float | None
    cutoff: float | None
    weight: str | None
    unlabelled: Path | None
    levels: Path | None
    monotone: str | None
    of_networks: bool  # --criterion or --inputs
    of_features: bool  # --must-keep or --must-drop
    worst_case: bool
    compact: bool
    library: str | None

    @property
    def is_network(self) -> bool:
        """Whether the model is an ONNX file."""
        from riskmodel.workflows.prune import network

        return self.model is not None and network.is_network(self.model)

    def check(self) -> None:
        """Raises: click.UsageError where nothing is pruned, or judged by; RiskModelError with all that is wrong."""
        if self.model is None and self.teacher_pd is None:
            raise click.UsageError("Missing argument 'MODEL', or --teacher-pd.")
        if self.same_decisions is None and self.target is None:
            raise click.UsageError("Missing option '--target', or --same-decisions.")
        faults = [*self._size(), *self._teacher(), *self._sort(), *self._lists(), *self._decisions(), *self._raised()]
        if faults:
            raise RiskModelError("; ".join(dict.fromkeys(faults)))

    def _size(self) -> Iterator[str]:
        given = [f"--{name}" for name, size in self.sizes.items() if size is not None]
        given += ["--same-decisions"] if self.same_decisions is not None else []
        if len(given) > 1:
            allowed = ", --".join([*self.sizes, "same-decisions"])
            yield f"the size must be set by one of --{allowed}, however: by {' and '.join(given)}"

    def _teacher(self) -> Iterator[str]:
        if self.model is not None and self.teacher_pd is not None:
            yield f"a model or --teacher-pd must be given, however: both {self.model} and {self.teacher_pd!r}"
        if self.model is not None and self.ignore:
            yield "--ignore is for --teacher-pd: a model knows its features"
        if self.teacher_pd is not None and self.method not in (None, "distil"):
            yield f"--teacher-pd is learnt by distil, however: by --method {self.method}"

    def _sort(self) -> Iterator[str]:
        if self.of_networks and not self.is_network:
            yield "--criterion and --inputs are of networks alone, however: the model is no ONNX file"
        if self.library is not None and self.teacher_pd is not None:
            yield "--as is for a MODEL: what --teacher-pd learns is of the library that the name of OUTPUT says"
        if self.is_network and (self.library or self.of_features or self.compact or self.worst_case):
            alone = "--as, --must-keep, --must-drop, --compact and --worst-case are of trees alone"
            yield f"{alone}, however: the model is a network"

    def _lists(self) -> Iterator[str]:
        from riskmodel import pruning
        from riskmodel.workflows.prune import path

        method = self.method or path.METHOD
        if self.of_features and method in pruning.names() and pruning.make(method).unit != "feature":
            lists = "--must-keep and --must-drop are of methods that take features out, such as remove_without_refit"
            yield f"{lists}, however: {method}"

    def _decisions(self) -> Iterator[str]:
        if self.same_decisions is None:
            if self.cutoff is not None:
                yield "--cutoff is of --same-decisions alone, however: it is given without"
            return
        if self.is_network or self.compact:
            yield "--same-decisions is of trees alone, and without --compact"
        for name, value in (("--weight", self.weight), ("--teacher-pd", self.teacher_pd)):
            if value is not None:
                yield f"--same-decisions counts each row once, however: {name} is given"

    def _raised(self) -> Iterator[str]:
        """What other rooms say of their parts."""
        for check in self._checks():
            try:
                check()
            except RiskModelError as error:
                yield str(error)

    def _checks(self) -> Iterator[Callable[[], object]]:
        from riskmodel.files import places
        from riskmodel.workflows.prune import alike, network, path, write

        sources = [source for source in (self.model, self.data, self.unlabelled) if source]
        for name, size in self.sizes.items():
            yield size_of({name: size}).check
        if self.same_decisions is not None:
            yield alike.DecisionRule(self.same_decisions, self.cutoff).check
        yield lambda: model_options.settings(None, self.levels, all_trees=False)
        yield lambda: model_options.settings(None, None, all_trees=False, monotone=self.monotone)
        if self.method and self.teacher_pd is None:
            pruner = network.network_pruner if self.is_network else path.tree_pruner
            yield lambda: pruner(str(self.method))
        yield from (partial(_check_there, source) for source in sources)
        yield lambda: write.check_places(self.output, sources)
        yield lambda: places.refuse_inside(self.output, self.data, self.unlabelled)


def size_of(sizes: dict[str, float | None]) -> Size:
    """The size by the one option that sets it; a whole number above 1 is a count of features."""
    from riskmodel.workflows.prune.size import Size

    given = {name: size for name, size in sizes.items() if size is not None}
    keep = given.get("keep", 0.0)
    if keep > 1 and float(keep).is_integer():
        return Size(features=int(keep))
    return Size(**given)  # type: ignore[arg-type]


def _check_there(source: Path) -> None:
    if not source.exists():
        raise RiskModelError(f"{source}: no such file")
