"""The proposed TOML as text, in the order in which a person reads it: data, split, margins, scorers, recipes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskmodel.core import Kind, Role
from riskmodel.datasets.profiling import ColumnProfile, Profile, Trait
from riskmodel.workflows.init import plan

SCHEMA = "run.schema.json"  # beside the TOML: by it an editor completes keys and marks mistakes
_COMMENTS_FROM = 40  # column


@dataclass(frozen=True)
class Place:
    """What the run is called, and where its table lies, as seen from the TOML."""

    name: str
    path: str
    sha256: str | None = None


def text(profile: Profile, place: Place) -> str:
    """The whole TOML, a newline at its end."""
    sections = (_head(profile, place), _data(profile, place), _groups(profile), _split(profile), _rules(profile))
    lines = (line for section in (*sections, plan.lines(profile)) for line in (*section, ""))
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(profile: Profile, place: Place) -> Iterator[str]:
    plain = sum(1 for column in profile.named(Role.FEATURE) if column.kind is Kind.NUMERIC)
    yield f"#:schema {SCHEMA}"
    yield f"# Proposed by `riskmodel init`: {profile.rows:,} rows, {profile.target.bads / profile.rows:.1%} bad."
    yield "# Every guess has its reason beside it; a person decides. Columns that stand nowhere below are numbers that"
    yield f"# the scorers may use: {plain} of {len(profile.columns)}, those with special codes among them."
    yield ""
    yield f"name = {_value(place.name)}"
    yield "seed = 0"
    yield "threads = 2"


def _data(profile: Profile, place: Place) -> Iterator[str]:
    target = profile.target
    yield "[data]"
    yield _line(f"path = {_value(place.path)}", "relative to this file")
    if place.sha256 is not None:
        yield f"sha256 = {_value(place.sha256)}"
    yield _line(f"target = {_value(target.name)}", f"{target.bads:,} bads, {target.rows - target.bads:,} goods")
    yield _line(f"{'# ' if target.is_plain else ''}bad = {_value(target.bad)}", target.reason)
    for role in (Role.ID, Role.TIME, Role.BORROWER, Role.WEIGHT, Role.AMOUNT):
        for column in profile.named(role):
            yield _line(f"{role} = {_value(column.name)}", column.reason)
    for column in profile.named(Role.AMOUNT):
        later = column.suspicion(Trait.SCORE) or column.suspicion(Trait.AFTER)
        why = later.reason if later else "true: it is a feature too, as what was asked for nearly always is"
        yield _line(f"amount_scores = {_value(later is None)}", why)
    yield from _list("ignore", [(column.name, column.reason) for column in profile.named(None)])
    yield from _list("categorical", [(column.name, _levels(column)) for column in _categories(profile)])


def _levels(column: ColumnProfile) -> str:
    many = column.suspicion(Trait.LEVELS)
    return many.reason if many else f"{column.distinct:,} levels"


def _categories(profile: Profile) -> list[ColumnProfile]:
    scored = (*profile.named(Role.FEATURE), *profile.named(Role.PROTECTED))
    names = {column.name for column in scored if column.kind is Kind.CATEGORICAL}
    return [column for column in profile.columns if column.name in names]


def _with(columns: Sequence[ColumnProfile], trait: Trait) -> list[ColumnProfile]:
    return [column for column in columns if column.suspicion(trait) is not None]


def _groups(profile: Profile) -> Iterator[str]:
    """The tables of the data section."""
    if profile.unresolved:
        target = profile.target
        levels = f"{_value(target.good)}, {_value(target.bad)}"
        yield _line("[data.where]", f"leaves out and counts, here {profile.unresolved:,} rows")
        yield f'{_key(target.name)} = {{ keep = [{levels}], why = "without an outcome" }}'
        yield ""
    if protected := profile.named(Role.PROTECTED):
        yield _line("[data.protected]", "false: judged by, never scored by; true where law and policy allow")
        yield from (_line(f"{_key(column.name)} = false", column.reason) for column in protected)
        yield ""
    numbers = [column for column in (*profile.named(Role.FEATURE), *protected) if column.kind is Kind.NUMERIC]
    if coded := _with(numbers, Trait.CODES):
        yield _line("[data.codes]", "suspected to be no quantities: missing to a scorer")
        for column in coded:
            codes_suspicion = column.suspicion(Trait.CODES)
            if codes_suspicion is not None:
                codes = ", ".join(f"{code:.0f}" for code in codes_suspicion.values)
                yield _line(f"{_key(column.name)} = [{codes}]", codes_suspicion.reason)
        yield ""
    yield _line("[data.monotone]", "1: more of it never lowers the PD; -1: never raises it")


def _split(profile: Profile) -> Iterator[str]:
    tune, selection, test, why = plan.shares(profile)
    yield _line("[split]", why or "the rest is the train sample")
    if profile.named(Role.TIME):
        yield _line('how = "time"', "the latest loans are the test sample; a random split would flatter")
        if (closing := profile.closing) is not None:
            yield _line(f"window_days = {closing.window_days}", closing.in_words.partition("; ")[0])
        else:
            yield _line("# window_days = 365", "until a loan has its outcome: younger ones are left out")
    else:
        yield _line('how = "random"', "no column dates the loans: nothing will show how a scorer ages")
    yield f"tune = {tune:.2f}"
    yield f"selection = {selection:.2f}"
    yield f"test = {test:.2f}"


def _rules(profile: Profile) -> Iterator[str]:
    yield _line("[margins]", "how much worse is still no worse; fixed before anything is scored")
    if plan.fewest(profile) < plan.FEW:
        yield "# With so few rows of one outcome, a loss of 0.005 can hardly be excluded: expect inconclusive verdicts."
    yield _line("auc_share = 0.02", "of the champion's AUC above 0.5; or a figure: auc = 0.005")
    yield _line("brier_share = 0.05", "of what the champion gains over the bad rate alone")
    yield "log_loss_share = 0.05"
    yield _line("mean_pd = 1.1", "the mean PD may move away from the bad rate by this ratio")
    yield from ("", "[policy]")
    yield _line("approval_rate = 0.80", "or: cutoff = 0.30")
    yield _line("refer_rate = 0.05", "of the approved, those nearest the cutoff go to a person")
    edges = ", ".join(f"{edge:g}" for edge in plan.grade_edges(profile))
    yield _line(f"grade_edges = [{edges}]", "odds from a quarter to four times those of all loans")
    yield from ("", "[latency]")
    yield _line("budget_us = 20000", "for one application, 99th percentile, end to end")


def _list(key: str, items: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not items:
        return
    yield f"{key} = ["
    yield from (_line(f"    {_value(name)},", reason) for name, reason in items)
    yield "]"


def _line(code: str, comment: str) -> str:
    plain = "".join(letter if letter.isprintable() else "?" for letter in comment)
    return f"{code:<{_COMMENTS_FROM}} # {plain}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: str | int | bool) -> str:
    """As TOML spells it, which for text is nearly as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
