"""The review of one change as data: what the HTML says, so that a reader's own program can check it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel.errors import RiskModelError
from riskmodel.files import places
from riskmodel.review.cautions.models import IDENTICAL
from riskmodel.review.dossier import Dossier
from riskmodel.review.narrative import narrative
from riskmodel.review.tables import plain
from riskmodel.review.wording import listed, size, sizes

Data = dict[str, Any]
TIMES = "Times are not measured here: they would differ from run to run. `riskmodel train` measures them."


def memo(dossier: Dossier, record: Mapping[str, Any], model: Mapping[str, Any] | None = None) -> Data:
    """A dossier with its title, its summary and what went in; plain values, and the same input gives the same bytes."""
    dossier_data = dossier.plain()
    names = [dossier_data["subject"][role]["name"] for role in ("champion", "challenger")]
    return {
        **dossier_data,
        "title": f"Change from {names[0]} to {names[1]}",
        "changed": changed(dossier_data["subject"]),
        "performance": {"latency": "NOT EVALUATED", "reason": TIMES},
        "model": narrative(model),
        "record": plain(dict(record)),
    }


def changed(subject: Mapping[str, Any]) -> str:
    """What the challenger is made of beside the champion, in a sentence or two."""
    before, after = subject["champion"], subject["challenger"]
    kind = [] if before["kind"] == after["kind"] else [f"another kind of scorer, {after['kind']} for {before['kind']}"]
    parts = [*kind, *sizes(before, after)]
    if before["bytes"] != after["bytes"]:
        parts.append(f"size {size(before['bytes'])} to {size(after['bytes'])}")
    text = f"{after['name']} in place of {before['name']}: {', '.join(parts) or 'of the same size'}."
    removed = subject["removed"]
    return text + (f" No longer read: {listed(removed, 8)}." if removed else " No column is dropped.")


def in_words(data: Mapping[str, Any], output: Path) -> str:
    """Verdict and first findings for a terminal."""
    same = any(c["id"] == IDENTICAL.id and c["state"] == "warned" for c in data["cautions"])
    lines = [f"{IDENTICAL.id if same else data['verdict']}: {data['changed']}"]
    lines += [f"  {finding['severity']:6}  {finding['statement']}" for finding in data["findings"][:3]]
    return "\n".join([*lines, f"Review: {output}"])


def check_places(output: Path) -> None:
    """Raises: RiskModelError where the files cannot be written."""
    if output.suffix != ".html":
        raise RiskModelError(f"{output}: must end in .html, however: {output.suffix or 'nothing'}")
    places.check_files(output, output.with_suffix(".json"))
