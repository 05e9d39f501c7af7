"""A plan for a table: the TOML that `riskmodel init` writes, held in memory, edited by key, checked against rows."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import tomlkit

from riskmodel import config, pruning
from riskmodel.api import frames
from riskmodel.api.progress import stages
from riskmodel.api.scratch import scratch
from riskmodel.config import Run
from riskmodel.core import Role, check_by_column
from riskmodel.errors import ConfigError, DataError
from riskmodel.files import beside
from riskmodel.workflows import check
from riskmodel.workflows.check import Checked
from riskmodel.workflows.init import proposal

BOOSTERS, NETWORKS, SEQUENCES = ("lgbm", "xgb"), ("neural", "mlp"), ("gru", "conv")
OF_NETWORKS = ("neuron", "weight", "member")  # units that boosters do not have
IN_MEMORY = "table.parquet"


@dataclass(frozen=True)
class Plan:
    """A run as TOML; each change gives a new plan, and comments stay.

    Parameters
    ----------
    text
        The TOML, with a reason beside every guess.
    """

    text: str

    @property
    def run(self) -> Run:
        """The TOML as strict settings. Raises: ConfigError, with every key that is wrong."""
        return config.parse(self.text.encode(), "plan")

    @classmethod
    def read(cls, path: str | Path) -> Plan:
        """The plan of a file. Raises: ConfigError."""
        config.read(Path(path))
        return cls(Path(path).read_text("utf-8"))

    def replace(self, key: str, value: Any) -> Plan:
        """The plan with one key set.

        Parameters
        ----------
        key
            Its path, such as "policy.approval_rate" or "data.ignore".
        value
            A number, text, list or table.

        Returns
        -------
        A new plan.

        Raises
        ------
        ConfigError
            Where the result is no plan.
        """
        document = tomlkit.parse(self.text)
        *above, last = key.split(".")
        table: Any = document
        for part in above:
            table = table.setdefault(part, tomlkit.table())
            if not isinstance(table, MutableMapping):
                raise ConfigError(f"plan: {key} must lead through tables, however: {part} is a value")
        try:
            table[last] = value
        except (TypeError, ValueError) as error:
            raise ConfigError(f"plan: {key} must be what TOML has, however: {type(value).__name__}") from error
        return self._checked(document)

    def scored_by(self, scorers: Sequence[str]) -> Plan:
        """The plan with these scorers alone: by their names here, else by their kinds. Raises: ConfigError."""
        document = tomlkit.parse(self.text)
        known = {entry["name"]: entry for entry in document["scorers"].unwrap()}
        entries = [known.get(name, {"name": name, "kind": name}) for name in scorers]
        document["scorers"] = _tables(entries)
        kept = [_of(entry, scorers) for entry in document.get("recipes", [])]
        document["recipes"] = _tables([entry for entry in kept if entry["scorers"]])
        return self._checked(document)

    def pruned_by(self, prune: Mapping[str, float | Sequence[float]]) -> Plan:
        """The plan with these recipes alone.

        Parameters
        ----------
        prune
            Shares that stay, by pruner. A pruner cuts all scorers of the plan that it is made for, boosters or
            networks; "scorecard/features" names the scorer.

        Returns
        -------
        A new plan.

        Raises
        ------
        ConfigError
            For an unknown pruner or scorer, or a share outside (0, 1].
        """
        check_by_column("prune", prune)
        document = tomlkit.parse(self.text)
        recipes = []
        for name, keep in prune.items():
            scorer, _, pruner = name.rpartition("/")
            scorers = [scorer] if scorer else self._suited(pruner)
            step = {"pruner": pruner, "keep": [keep] if isinstance(keep, int | float) else list(keep)}
            recipes.append({"scorers": scorers, "steps": [step]})
        document["recipes"] = _tables(recipes)
        return self._checked(document)

    def _suited(self, pruner: str) -> list[str]:
        unit = pruning.make(pruner).unit
        kinds = (*NETWORKS, *SEQUENCES) if unit == "neuron" else NETWORKS if unit in OF_NETWORKS else BOOSTERS
        suited = [entry.name for entry in self.run.scorers if entry.kind in kinds]
        if not suited:
            raise ConfigError(
                f"{pruner} must have a scorer of kind {' or '.join(kinds)} to cut, however: none is planned"
            )
        return suited

    def _checked(self, document: tomlkit.TOMLDocument) -> Plan:
        made = Plan(tomlkit.dumps(document))
        made.run  # noqa: B018 - what is wrong is told here
        return made

    def to_toml(self) -> str:
        """The run's TOML, as `riskmodel train` takes it."""
        return self.text

    def save(self, path: str | Path) -> Path:
        """Writes the TOML, whole or not at all."""
        beside.write(Path(path), self.text.encode())
        return Path(path)

    def check(self, data: Any = None, *, progress: bool | None = None) -> Checked:
        """Looks at rows as training would, and trains nothing.

        Parameters
        ----------
        data
            A table or its path; None for the file that the plan names, from the folder that you are in.
        progress
            None shows it on a terminal and in a notebook.

        Returns
        -------
        Samples, columns, and what the screens suspect: `.unanswered` is what training waits for.

        Raises
        ------
        RiskModelError
            In one line that says what is wrong.
        """
        with scratch({"table": "the table"}) as folder:
            return check.check(self.placed(data, folder), stages(progress))

    def placed(self, data: Any, folder: Path) -> Path:
        """The TOML as a file of its own folder, with its table beside it or named by its whole path."""
        own = self.run.data
        document = tomlkit.parse(self.text)
        table: Any = document["data"]
        for key in ("path", "test_path", "unlabelled_path"):
            if (value := getattr(own, key)) is not None:
                table[key] = str(Path(value).absolute())
        if data is not None:
            table["path"] = str(frames.written(data, folder, "table").absolute())
            table.pop("sha256", None)
        place = folder / "run.toml"
        place.write_text(tomlkit.dumps(document), "utf-8")
        return place

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.text)}</pre>"


def propose(data: Any, target: str, *, name: str = "run", given: Mapping[str, Role | str] | None = None) -> Plan:
    """A plan for a table that nobody has seen, with the reason beside every guess.

    Parameters
    ----------
    data
        A table of pandas, polars or Arrow, or the path of CSV, Parquet, Feather or a folder of parts.
    target
        Column of the outcome.
    name
        What the run is called.
    given
        Roles by column, where they are known: id, time, borrower, amount, weight, protected, feature.

    Returns
    -------
    What `riskmodel init` writes.

    Raises
    ------
    DataError
        Where the table cannot be used.

    Examples
    --------
    >>> plan = riskmodel.propose(df, target="default")  # doctest: +SKIP
    >>> plan = plan.replace("policy.approval_rate", 0.9)  # doctest: +SKIP
    """
    check_by_column("given", given)
    if not isinstance(target, str):
        raise DataError(f"target must be the name of a column, however: {target!r}")
    roles = {column: _role(role) for column, role in (given or {}).items()}
    if not frames.is_path(data):
        return Plan(proposal.propose(frames.arrow(data), target, path=IN_MEMORY, name=name, given=roles))
    with scratch({}) as folder:
        output = folder / f"{name}.toml"
        proposal.init(Path(data), target, output, roles)
        return Plan(output.read_text("utf-8")).replace("data.path", str(data))


def _role(role: Role | str) -> Role:
    if role not in tuple(Role):
        raise DataError(f"a role must be among {', '.join(Role)}, however: {role!r}")
    return Role(role)


def _of(entry: Any, scorers: Sequence[str]) -> dict[str, Any]:
    plain: dict[str, Any] = entry.unwrap()
    return {**plain, "scorers": [name for name in plain["scorers"] if name in scorers]}


def _tables(entries: Sequence[Mapping[str, Any]]) -> Any:
    """An array of tables."""
    array = tomlkit.aot()
    for entry in entries:
        table = tomlkit.table()
        for key, value in entry.items():
            table[key] = value if key != "steps" else _inline(value)
        array.append(table)
    return array


def _inline(steps: Sequence[Mapping[str, Any]]) -> Any:
    array = tomlkit.array()
    for step in steps:
        line = tomlkit.inline_table()
        line.update(step)
        array.append(line)
    return array
