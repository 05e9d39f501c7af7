"""A bank may use what is installed with riskmodel: no copyleft that binds what is built on it, nothing proprietary."""

import re
from importlib.metadata import PackageNotFoundError, distribution, metadata

from packaging.requirements import Requirement

REFUSED = re.compile(
    r"\bA?GPL|GNU (Affero )?General Public|Business Source|SSPL|Commons Clause|proprietary", re.IGNORECASE
)
LESSER = re.compile(r"LGPL|Lesser General Public|GPL.*exception", re.IGNORECASE)
KNOWN = {
    # XGBoost's plain wheel brings NVIDIA's library for several graphics cards. It is never loaded here: riskmodel asks
    # for no device. `pip install xgboost-cpu` in place of xgboost leaves it out, where the platform has that wheel.
    "nvidia-nccl-cu12",
    "nvidia-nccl-cu13",
}


def needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """The names of all distributions that one needs, itself included, as they are installed here."""
    waiting, known = [(name, extras)], set()
    while waiting:
        this, wanted = waiting.pop()
        if this in known:
            continue
        try:
            requirements = distribution(this).requires or []
        except PackageNotFoundError:  # of another platform
            continue
        known.add(this)
        for text in requirements:
            requirement = Requirement(text)
            environments = [{"extra": extra} for extra in (*wanted, "")]
            if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
                waiting.append((re.sub(r"[-_.]+", "-", requirement.name).lower(), frozenset(requirement.extras)))
    return known


def licence(name: str) -> str:
    told = metadata(name)
    classifiers = [line for line in told.get_all("Classifier") or [] if line.startswith("License")]
    return told.get("License-Expression") or "; ".join(classifiers) or (told.get("License") or "").split("\n")[0]


def test_every_licence_is_one_that_leaves_a_bank_free():
    names = needed("riskmodel", frozenset({"neural", "onnx"}))
    assert len(names) > 60
    odd = {name: licence(name) for name in names if REFUSED.search(licence(name)) and not LESSER.search(licence(name))}
    assert odd.keys() <= KNOWN, odd


def test_a_refused_licence_would_be_noticed():
    assert REFUSED.search("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert REFUSED.search("AGPL-3.0-only")
    assert not REFUSED.search("Apache-2.0 OR MIT")
