"""The dictionary that lies beside a portfolio: its settings, its columns, and the formula of the true PD."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from riskmodel.datasets.synthetic.dictionary import LEAKS, DictionaryEntry, features
from riskmodel.datasets.synthetic.loans import column_names
from riskmodel.datasets.synthetic.tally import Tally
from riskmodel.datasets.synthetic.terms import CORE_TEXT, TERMS
from riskmodel.datasets.synthetic.world import CORE, SETTINGS, World

_OTHERS = {
    "loan_id": "**id**",
    "borrower_id": "**borrower**; the first loan's id",
    "vintage": "**time**; first day of the month of the loan, 2019-01 to 2023-12",
    "group": "**protected**; A or B",
    "loan_amount": "**amount**; has no part in the true PD",
    "true_pd": "ignored: the probability of default that the outcome was drawn from",
    "observed_pd": "ignored: the probability that the recorded outcome is a bad, errors of recording included",
    "default": "**target**; 1 is a bad",
    **LEAKS,
}


def readme(world: World, seed: int, tally: Tally) -> str:
    """Markdown; the same world, seed and rows give the same text."""
    return "\n".join([*_head(world, seed, tally), *_columns(world), *_truth(world)])


def _head(world: World, seed: int, tally: Tally) -> Iterator[str]:
    auc = "none, with one outcome only" if tally.auc is None else f"{tally.auc:.4f}"
    yield "# A simulated portfolio\n"
    yield "No person and no bank stands behind these loans. Their true PD is known.\n"
    yield "| | |\n|---|---|"
    yield f"| rows | {tally.rows:,} |"
    yield f"| bads | {tally.bads.sum():,} ({tally.bad_rate:.2%}) |"
    yield f"| mean true PD | {tally.mean_pd:.4f} |"
    yield f"| AUC of the true PD, as recorded | {auc}: what a perfect scorer of these loans reaches |"
    yield f"| seed | {seed} |"
    for name, value in asdict(world).items():
        yield f"| {name} | {value}: {SETTINGS[name][0]} |"


def _columns(world: World) -> Iterator[str]:
    known = {entry.name: entry for entry in features(world.features)}
    yield "\n## Columns\n\n| column | meaning |\n|---|---|"
    for name in column_names(world):
        yield f"| `{name}` | {_meaning(known[name]) if name in known else _OTHERS[name]} |"


def _meaning(entry: DictionaryEntry) -> str:
    parts = [entry.meaning]
    if entry.levels:
        levels = ", ".join(entry.levels) if len(entry.levels) < 10 else f"{len(entry.levels)} levels"
        parts.append(levels)
    parts += [f"**{code}** {meaning}" for code, meaning in entry.codes.items()]
    if entry.missing:
        parts.append(f"missing: {entry.missing}")
    return "; ".join(parts)


def _truth(world: World) -> Iterator[str]:
    there = {entry.name for entry in features(world.features)}
    yield "\n## The true PD\n"
    yield "1 / (1 + exp(-margin)), where the margin is the sum of the lines below; [x] is 1 where x holds, else 0.\n"
    yield from (f"    {line}" for line in CORE_TEXT.splitlines())
    yield from (f"    + {term.feature}: {term.text}" for term in TERMS if term.feature in there)
    yield f"    {world.gap:+g} [group B] {world.drift:+g} x months since 2019-01 / 59 {world.intercept:+g}\n"
    yield "What each level of a category adds:\n"
    for entry in features(world.features):
        if entry.levels and len(entry.levels) < 10:
            yield f"- `{entry.name}`: " + ", ".join(f"{level} {add:+g}" for level, add in entry.levels.items())
    no_part = there - {term.feature for term in TERMS} - set(_in_core())
    yield f"\nNo part in it: {', '.join(f'`{name}`' for name in sorted(no_part))}.\n"


def _in_core() -> Iterator[str]:
    return (entry.name for entry in features(CORE) if entry.name != "accounts")
