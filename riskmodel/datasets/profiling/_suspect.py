"""Suspects what one column may be, from its values and from its name; each suspicion is written as its reason."""

from __future__ import annotations

from collections.abc import Iterator

from riskmodel.core import Kind
from riskmodel.datasets import names
from riskmodel.datasets.profiling import _codes, _text
from riskmodel.datasets.profiling._measure import Facts
from riskmodel.datasets.profiling._report import Suspicion, Trait

LEVELS = 100  # beyond which the rarer levels of a category become one
_FEW = 20  # rows; among fewer all values may well differ by chance
_NAMED, _ROWS_EACH = 2_000, 5  # most numbers that name something, and the rows that at least share each
_WEIGHTS = 12  # strata of a drawn sample
_GROUPS = 10  # whole numbers of a protected column that are rather groups than a quantity


def kind_of(facts: Facts) -> Kind | None:
    """How the column is measured, None where neither numbers nor levels."""
    if facts.family == "text":
        return Kind.CATEGORICAL
    if facts.family != "number":
        return None
    in_groups = names.protected(facts.name) not in (None, "age") and facts.distinct <= _GROUPS
    return Kind.CATEGORICAL if facts.is_whole and (in_groups or is_nominal(facts)) else Kind.NUMERIC


def is_nominal(facts: Facts) -> bool:
    """Whole numbers under a name that says codes; or under an id's, where many rows share each."""
    if facts.family != "number" or not facts.is_whole or facts.type == "bool" or names.pandas_index(facts.name):
        return False
    shared = 2 < facts.distinct <= min(_NAMED, (facts.rows - facts.missing) / _ROWS_EACH)
    return names.coded(facts.name) or (shared and names.numbered(facts.name))


def suspicions(facts: Facts, first: str | None) -> Iterator[Suspicion]:
    """What a person should look at; `first` is an earlier column with the same values."""
    if facts.family == "other":
        yield Suspicion(Trait.UNUSABLE, f"neither numbers, text nor dates: {facts.type}")
        return
    if facts.infinite:
        yield Suspicion(Trait.UNUSABLE, f"infinite in {facts.infinite:,} rows")
        return
    if facts.distinct <= 1 and facts.missing in (0, facts.rows):
        yield Suspicion(Trait.CONSTANT, "missing in every row" if facts.missing else "one value in every row")
        return
    if first is not None:
        yield Suspicion(Trait.DUPLICATE, f"the same in every row as {first}")
    yield from _by_name(facts)
    if names.pandas_index(facts.name) and (facts.is_whole or not facts.name):
        yield Suspicion(Trait.INDEX, "the number of a row, which pandas wrote beside the table")
    if facts.family == "date":
        odd = "" if facts.dated else ", some missing, before 1900, after 2199 or not spelt like 2018-05-31"
        yield Suspicion(Trait.DATE if facts.dated else Trait.UNDATED, f"{facts.distinct:,} different dates{odd}")
    elif (reason := _id(facts)) is not None:
        yield Suspicion(Trait.ID, reason)
    elif facts.family == "text":
        yield from _of_text(facts)
    else:
        yield from _of_numbers(facts)


def _of_numbers(facts: Facts) -> Iterator[Suspicion]:
    if is_nominal(facts):
        yield Suspicion(Trait.NOMINAL, f"{facts.distinct:,} whole numbers, named like codes of something")
    elif codes := _codes.suspected(facts.values, facts.counts):
        yield Suspicion(Trait.CODES, "; ".join(codes.values()), tuple(codes))


def _by_name(facts: Facts) -> Iterator[Suspicion]:
    name = facts.name
    if names.known_after(name):
        yield Suspicion(Trait.AFTER, "named as if known only after the outcome")
    if names.another_score(name):
        yield Suspicion(Trait.SCORE, "named like a score, grade or price that another model set")
    if (protected := names.protected(name)) is not None:
        yield Suspicion(Trait.PROTECTED, f"named like {protected}")
    if facts.family == "number" and names.amount(name) and facts.distinct and min(facts.values) >= 0:
        yield Suspicion(Trait.AMOUNT, "named like the money that is lent")
    if (weight := _weight(facts)) is not None:
        yield Suspicion(Trait.WEIGHT, weight)
    if 1 < facts.distinct < facts.rows and facts.family != "date" and _is_key(facts):
        if names.borrower(name):
            yield Suspicion(Trait.BORROWER, f"{facts.distinct:,} persons in {facts.rows:,} rows")
        elif names.numbered(name) and facts.distinct > facts.rows / _ROWS_EACH and facts.missing == 0:
            reason = f"{facts.distinct:,} numbers in {facts.rows:,} rows: those of one belong together"
            yield Suspicion(Trait.BORROWER, reason)


def _weight(facts: Facts) -> str | None:
    """Positive in every row; a mere "weight" or w, which may be a body's, must be a few shares of 1 in so many."""
    if facts.family != "number" or facts.type == "bool" or facts.missing or facts.distinct < 2 or facts.infinite:
        return None
    low, high = float(min(facts.values)), float(max(facts.values))
    if low <= 0 or not (names.sampling_weight(facts.name) or names.weight(facts.name)):
        return None
    few = facts.distinct <= _WEIGHTS and low >= 1 and high >= 2 * low
    if not (names.sampling_weight(facts.name) or few):
        return None
    return f"named like a sampling weight: {facts.distinct:,} values from {low:g} to {high:g}, none missing"


def _is_key(facts: Facts) -> bool:
    return facts.distinct > facts.rows / 20 and (facts.family == "text" or facts.is_whole)


def _id(facts: Facts) -> str | None:
    if facts.missing or (facts.family == "number" and not facts.is_whole) or facts.type == "bool":
        return None
    if facts.family == "text" and _text.fractions(facts):
        return None
    named = names.numbering(facts.name)
    if facts.is_unique and (named or (facts.rows >= _FEW and (facts.family == "text" or facts.rising))):
        if facts.rising:
            return "different in every row, and rising"
        return "different in every row" + (", and named so" if named else "")
    return None


def _of_text(facts: Facts) -> Iterator[Suspicion]:
    if (numbers := _text.numbers(facts)) is not None:
        yield Suspicion(Trait.NUMBER_AS_TEXT, numbers)
    elif (names.numbered(facts.name) or names.numbering(facts.name)) and facts.distinct > max(LEVELS, facts.rows / 20):
        reason = f"{facts.distinct:,} texts in {facts.rows:,} rows, named as if they numbered something"
        yield Suspicion(Trait.FREE_TEXT, reason)
    elif _text.free(facts):
        yield Suspicion(Trait.FREE_TEXT, f"{facts.distinct:,} different texts in {facts.rows:,} rows")
    elif facts.distinct > LEVELS:
        yield Suspicion(Trait.LEVELS, f"{facts.distinct:,} levels: the rarest beyond {LEVELS} become one")
