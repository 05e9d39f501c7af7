"""A run's TOML, read once at the door: unknown keys, wrong types and impossible values are refused by their path."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from riskmodel.errors import ConfigError

Share = Annotated[float, Field(gt=0, lt=1)]
Keep = Annotated[float, Field(gt=0, le=1)]
Keeps = Annotated[tuple[Keep, ...], BeforeValidator(lambda keep: tuple(keep) if isinstance(keep, list) else (keep,))]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Built = TypeVar("Built")
Settings = TypeVar("Settings", bound=BaseModel)
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Scoring(_Strict):
    """What becomes of an application that is not as the train sample was."""

    missing_column: Literal["refuse", "missing"] = "refuse"
    extra_column: Literal["ignore", "refuse"] = "ignore"
    wrong_type: Literal["refuse", "quarantine", "missing"] = "quarantine"  # also a number that is infinite
    missing_value: Literal["refuse", "quarantine", "accept"] = "accept"  # where train had none
    unseen: Literal["refuse", "quarantine", "missing"] = "missing"  # a level that train did not have
    most_unseen: Annotated[float, Field(ge=0, le=1)] = 0.05  # share of 1,000 rows or more: beyond, the file is refused
    out_of_range: Literal["refuse", "quarantine", "missing", "accept"] = "accept"


class Where(_Strict):
    """A plain rule of one column: rows that it does not let in are left out, for the reason `why`."""

    keep: Annotated[list[str | int | float | bool], Field(min_length=1)] | None = None  # levels
    drop: Annotated[list[str | int | float | bool], Field(min_length=1)] | None = None
    from_: Annotated[str | int | float | None, Field(alias="from")] = None  # a number or a date, itself let in
    before: str | int | float | None = None
    why: Annotated[str, Field(min_length=8)]

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        bounds = [bound for bound in (self.from_, self.before) if bound is not None]
        if (self.keep is not None) + (self.drop is not None) + bool(bounds) != 1:
            raise ValueError("must have keep, drop, or from and before, and one of these ways alone")
        if len({isinstance(bound, str) for bound in bounds}) > 1:
            raise ValueError("from and before must both be numbers or both be dates")
        return self


class Data(_Strict):
    """Where the table lies and what its columns are for."""

    path: str
    test_path: str | None = None  # rows of the test sample, where they lie apart: out of time, for instance
    unlabelled_path: str | None = None  # applications without outcome, to learn a champion's PDs from
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    target: str
    bad: str | int | bool | None = None  # the target's value of a bad, where it is not 1
    id: str | None = None
    time: str | None = None
    borrower: str | None = None  # all rows of one borrower go into one sample
    amount: str | None = None  # what a row is weighed by in money
    amount_scores: bool = False  # whether scorers may read it: what was asked for nearly always tells of its risk
    ignore: list[str] = []
    categorical: list[str] = []
    protected: dict[str, bool] = {}
    monotone: dict[str, Literal[-1, 0, 1]] = {}
    codes: dict[str, list[int | float]] = {}  # numbers that are not quantities, by column
    ranges: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]] = {}
    nulls: dict[str, list[str]] = {}  # how missing is spelt, by column, where not as usual: empty, NA, NaN, null ...
    costs: dict[str, Annotated[float, Field(ge=0)]] = {}  # what a feature's vendor charges an application
    kept: dict[str, Annotated[str, Field(min_length=8)]] = {}  # suspects that stay, by column, each with its reason
    where: dict[str, Where] = {}  # rows left out, by column
    max_levels: Annotated[int, Field(ge=2, le=10_000)] = 100  # of a category: the rarer ones are one level
    reasons: dict[str, str] = {}  # what a decline is told, by the column that is the reason
    scoring: Scoring = Scoring()

    @model_validator(mode="before")
    @classmethod
    def _weights_are_not_honoured(cls, data: Any) -> Any:
        if isinstance(data, dict) and "weight" in data:
            raise ValueError("weight is not known: a run counts every row once; rows must stand as often as they were")
        return data


class SplitShares(_Strict):
    """Shares of the rows; train has the rest. `how` left out: by time where data.time is named, else at random."""

    how: Literal["random", "time"] | None = None
    gap_days: Annotated[int, Field(ge=0)] = 0  # between selection and test, and between development and selection
    window_days: Annotated[int, Field(ge=0)] = 0  # a loan younger than this at the table's last date has no outcome yet
    replay: str | None = None  # a split that was written down, to be used again
    latest: Annotated[float, Field(gt=0, le=1)] = 1.0  # share of tune, the latest of it, that recalibrates
    tune: Share = 0.15
    selection: Share = 0.20
    test: Share = 0.20

    @model_validator(mode="after")
    def _leaves_a_train_sample(self) -> Self:
        if self.tune + self.selection + self.test > 0.9:
            raise ValueError(
                f"tune + selection + test must be at most 0.9, however: {self.tune + self.selection + self.test:g}"
            )
        return self


Ratio = Annotated[float, Field(gt=1, le=10)]
SHARES = {"auc": 0.02, "brier": 0.05, "log_loss": 0.05}  # conventions: about .005 of AUC at an AUC of .75


class RareFaults(_Strict):
    """Whether the bound on AUC holds for faults in a handful of bads too, or these are assumed to be absent."""

    rare_faults: Literal["bounded", "assumed absent"] = "bounded"
    rare_faults_reason: str = ""

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if self.rare_faults == "assumed absent" and not self.rare_faults_reason.strip():
            raise ValueError('must give rare_faults_reason where rare_faults is "assumed absent", however: none')
        return self


class Margins(RareFaults):
    """How much worse a challenger may be and still count as no worse; `mean_pd` is a ratio of means."""

    auc: Share = 0.005
    brier: Share = 0.002
    log_loss: Share = 0.005
    mean_pd: Ratio = 1.1


class MarginRule(RareFaults):
    """The margins of a run: each a figure, or else a share of the champion's skill, fixed on the tune sample.

    Skill is AUC less .5, and Brier score and log-loss below those of the base rate: so a margin means as much at 1 %
    bads as at 20 %.
    """

    auc: Share | None = None
    brier: Share | None = None
    log_loss: Share | None = None
    mean_pd: Ratio = 1.1
    auc_share: Share | None = None
    brier_share: Share | None = None
    log_loss_share: Share | None = None

    @model_validator(mode="after")
    def _one_a_figure(self) -> Self:
        for name in SHARES:
            if getattr(self, name) is not None and getattr(self, f"{name}_share") is not None:
                raise ValueError(f"{name} and {name}_share each set one margin: give one of them")
        return self

    def share(self, name: str) -> float:
        """The share of the champion's skill in this figure, where the margin is none by itself."""
        own = getattr(self, f"{name}_share")
        return SHARES[name] if own is None else float(own)

    def fixed(self, skill: Mapping[str, float]) -> Margins:
        """The margins as figures; `skill` is the champion's, by auc, brier and log_loss."""
        own = {name: getattr(self, name) for name in skill}
        shares = {name: max(self.share(name) * skill[name], 1e-6) for name in skill}
        return Margins(
            mean_pd=self.mean_pd,
            rare_faults=self.rare_faults,
            rare_faults_reason=self.rare_faults_reason,
            **{name: own[name] or shares[name] for name in skill},
        )


def _rising(edges: list[float]) -> list[float]:
    if not all(0 < low < high < 1 for low, high in pairwise(edges)):
        raise ValueError(f"must rise and lie in (0, 1), however: {edges}")
    return edges


class PolicyRule(_Strict):
    """Either a cutoff, or the approval rate that sets it on the champion's tune sample."""

    cutoff: Share | None = None
    approval_rate: Share | None = None
    refer_rate: Annotated[float, Field(ge=0, lt=1)] = 0.0
    grade_edges: Annotated[list[float], Field(min_length=1, max_length=25), AfterValidator(_rising)]

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.cutoff is None) == (self.approval_rate is None):
            raise ValueError("must have either cutoff or approval_rate, not both")
        return self


class Points(_Strict):
    """The scale of points: `base_points` stand for `base_odds` goods to a bad; `pdo` more double the odds."""

    pdo: Annotated[float, Field(gt=0)] = 20.0
    base_points: float = 600.0
    base_odds: Annotated[float, Field(gt=0)] = 50.0


class ChoiceRule(_Strict):
    """Which cost decides among those that are no worse, and how many times less of it is worth a change."""

    cost: Literal["work", "leaves", "bytes", "features", "feature_cost", "explanation"] = "work"
    least_gain: Annotated[float, Field(ge=1)] = 1.5


class LatencyRule(_Strict):
    """The budget for one decision, 99th percentile, with its rules and reasons; who clearly misses it is out."""

    budget_us: Annotated[float, Field(gt=0)] | None = None


class Tracking(_Strict):
    """What MLflow is told."""

    ids: bool = False  # the rows' ids as they are; else hashes of them


class ScorerEntry(_Strict):
    """A scorer to train."""

    name: Name
    kind: str
    options: dict[str, Any] = {}


class Step(_Strict):
    """One cut: a pruner with a keep or several, or a compressor."""

    pruner: str | None = None
    compressor: str | None = None
    keep: Keeps = ()
    options: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.pruner is None) == (self.compressor is None):
            raise ValueError("must have either pruner or compressor")
        if bool(self.keep) != (self.pruner is not None):
            raise ValueError("a pruner needs keep, and a compressor has none")
        return self


class RecipeEntry(_Strict):
    """Steps taken one after the other, on each of the scorers; one variant a combination of keeps."""

    scorers: Annotated[list[str], Field(min_length=1)]
    steps: Annotated[list[Step], Field(min_length=1)]


class Limitation(_Strict):
    """A known weakness, and what makes up for it."""

    weakness: Text
    control: Text


class ModelFacts(_Strict):
    """What only people know of the model; it goes into the report as it stands."""

    purpose: Text | None = None
    use: Text | None = None
    owner: Text | None = None
    developer: Text | None = None
    default_definition: Text | None = None
    observation_window: Text | None = None
    overrides: Text | None = None
    limitations: list[Limitation] = []
    human_oversight: Text | None = None
    approval_date: date | None = None
    next_review: date | None = None


class Run(_Strict):
    """One run: the governed artefact."""

    name: Name
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    data: Data
    split: SplitShares = SplitShares()
    margins: MarginRule = MarginRule()
    policy: PolicyRule
    points: Points = Points()
    model: ModelFacts = ModelFacts()
    choice: ChoiceRule = ChoiceRule()
    latency: LatencyRule = LatencyRule()
    tracking: Tracking = Tracking()
    scorers: Annotated[list[ScorerEntry], Field(min_length=1)]
    recipes: list[RecipeEntry] = []

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [scorer.name for scorer in self.scorers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"scorers must have different names, however: {twice[0]} twice")
        for i, recipe in enumerate(self.recipes):
            if unknown := sorted(set(recipe.scorers) - set(names)):
                raise ValueError(f"recipes.{i}.scorers must be among {', '.join(names)}, however: {unknown[0]}")
        return self


def read(path: Path) -> tuple[Run, str]:
    """The run that a TOML file describes, and the file's sha256. Raises: ConfigError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return parse(text, str(path)), hashlib.sha256(text).hexdigest()


def parse(text: bytes, name: str) -> Run:
    """The run that TOML text describes. Raises: ConfigError, with the path of the first key that is wrong."""
    return _validated(Run, text, name)


class ReviewPolicy(_Strict):
    """By what a reviewer judges a change, where it is not the champion's own."""

    margins: Margins | None = None
    cutoff: Share | None = None
    grade_edges: Annotated[list[float], Field(min_length=1, max_length=25), AfterValidator(_rising)] | None = None


def read_policy(path: Path) -> ReviewPolicy:
    """The policy that a TOML file states. Raises: ConfigError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    return _validated(ReviewPolicy, text, str(path))


def _validated(kind: type[Settings], text: bytes, name: str) -> Settings:
    try:
        return kind.model_validate(tomllib.loads(text.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: not a TOML file: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{name}: {_in_words(error, kind)}") from error


def _in_words(error: ValidationError, kind: type[BaseModel]) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where}: unknown key; allowed are {', '.join(_fields_at(kind, first['loc'][:-1]))}"
    if "keep" in first["loc"] and first["type"] in ("greater_than", "less_than_equal"):
        return f"{where}: keep must be in (0, 1], however: {first['input']}"
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input ").replace("should", "must")
    got = "" if first["type"] in ("value_error", "missing") else f", however: {first['input']!r}"
    return f"{where}: {message}{got}" if where else f"{message}{got}"


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    model: Any = kind
    for part in location:
        if isinstance(part, str):
            model = _inner_model(model.model_fields[part].annotation)
    return sorted(model.model_fields)


def _inner_model(annotation: Any) -> Any:
    arguments = getattr(annotation, "__args__", ())
    return _inner_model(arguments[0]) if arguments else annotation


def built(kind: type[Built], options: Mapping[str, Any], where: str) -> Built:
    """A frozen dataclass from a TOML table. Raises: ConfigError, with `where` and the key that is wrong."""
    allowed = get_type_hints(kind, include_extras=True)
    allowed = {field.name: allowed[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(options) - set(allowed)):
        raise ConfigError(f"{where}.{unknown[0]}: unknown key; allowed are {', '.join(allowed) or 'none'}")
    return kind(**{name: _checked(allowed[name], value, f"{where}.{name}") for name, value in options.items()})


def _checked(hint: Any, value: Any, where: str) -> Any:
    try:
        return TypeAdapter(hint).validate_python(value, strict=True)
    except ValidationError as error:
        raise ConfigError(f"{where}: {_in_words(error, Run)}") from error
