"""What a monitoring job leaves for the machine that started it: which alarms there are, and whether one rings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskmodel.core.evidence import Mark

SUFFIX = ".alarms.json"


def path_of(output: Path) -> Path:
    """Beside the page."""
    return output.with_suffix(SUFFIX)


def alarms(data: Mapping[str, Any]) -> dict[str, Any]:
    """From the data of a review: every figure that is watched and beyond a threshold, failures first."""
    subject, source = data["subject"], data["record"].get("data", {})
    return {
        "rings": rings(data),
        "alarms": data["monitoring"]["alarms"],
        "since": source.get("since"),
        "data_sha256": source.get("sha256"),
        "rows": subject["rows"],
        "champion_sha256": subject["champion"]["sha256"],
        "challenger_sha256": subject["challenger"]["sha256"],
        "thresholds": data["thresholds"],
    }


def rings(data: Mapping[str, Any]) -> bool:
    """Whether a figure has failed; attention is listed, and does not ring."""
    return any(alarm["verdict"] == Mark.FAIL for alarm in data["monitoring"]["alarms"])
