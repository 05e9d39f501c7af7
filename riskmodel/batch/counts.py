"""What is counted while a book is scored: counts by name, in sections, that add up over chunks and parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SECTIONS = ("decisions", "grades", "policies", "quarantine", "missing", "unseen", "scores", "reasons")

Tally = Mapping[str, Mapping[str, int]]


def added(tallies: Iterable[Tally]) -> dict[str, dict[str, int]]:
    """All tallies together, every section sorted by name."""
    whole: dict[str, dict[str, int]] = {section: {} for section in SECTIONS}
    for tally in tallies:
        for section, counts in tally.items():
            into = whole[section]
            for name, count in counts.items():
                into[name] = into.get(name, 0) + count
    return {section: dict(sorted(counts.items())) for section, counts in whole.items()}
