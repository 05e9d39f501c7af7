"""The bill of materials of a release, CycloneDX 1.6: every distribution that riskmodel needs as it is installed here.

python release/sbom.py [FILE]     [default: riskmodel.cdx.json]; `make sbom` calls it
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, metadata, version
from pathlib import Path

from packaging.requirements import Requirement

EXTRAS = frozenset({"neural", "onnx"})
STAND_INS = {"xgboost": ("xgboost-cpu",)}


def needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """The names of all distributions that one needs, itself included, as they are installed here."""
    waiting, known = [(name, extras)], set()
    while waiting:
        this, wanted = waiting.pop()
        if this in known:
            continue
        try:
            requirements = distribution(this).requires or []
        except PackageNotFoundError:  # of another platform, or another build of the same module in its place
            waiting += [(name, frozenset()) for name in STAND_INS.get(this, ())]
            continue
        known.add(this)
        for text in requirements:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in (*wanted, "")]
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                waiting.append((normal(requirement.name), frozenset(requirement.extras)))
    return known


def normal(name: str) -> str:
    """One spelling of a name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str) -> str:
    """What a distribution says of its licence."""
    facts = metadata(name)
    classifiers = [line for line in facts.get_all("Classifier") or [] if line.startswith("License")]
    return facts.get("License-Expression") or "; ".join(classifiers) or (facts.get("License") or "").split("\n")[0]


def component(name: str) -> dict[str, object]:
    """A distribution as CycloneDX has it."""
    number = version(name)
    address = f"pkg:pypi/{normal(name)}@{number}"
    one = {"type": "library", "bom-ref": address, "name": normal(name), "version": number, "purl": address}
    return {**one, "licenses": [{"license": {"name": licence(name) or "not stated"}}]}


def bill() -> dict[str, object]:
    """The same environment gives the same bill: no time of day, no serial number."""
    names = sorted(needed("riskmodel", EXTRAS) - {"riskmodel"})
    whole = {**component("riskmodel"), "type": "application"}
    parts = [component(name) for name in names]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": whole},
        "components": parts,
    }


if __name__ == "__main__":
    Path(*(sys.argv[1:] or ["riskmodel.cdx.json"])).write_text(json.dumps(bill(), indent=1) + "\n", "utf-8")
