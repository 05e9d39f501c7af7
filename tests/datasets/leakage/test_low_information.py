import numpy as np
from leaky_loans import clean

from riskmodel.datasets.leakage import SuspectSeverity


def test_what_tells_little_is_noted_with_its_share(suspects):
    rows = np.arange(1500)
    columns = clean(1500, 1) | {
        "rare": np.where(rows % 400 == 1, 1.0, 0.0),
        "unstated": np.where(rows % 50 == 1, rows % 7, np.nan),
        "shop": np.where(rows % 10 == 0, np.char.add("s", rows.astype(str)), "s"),
    }
    result = {s.column: s for s in suspects(columns) if s.screen == "tells little"}
    assert set(result) >= {"rare", "unstated", "shop"}
    assert {s.severity for s in result.values()} == {SuspectSeverity.NOTES}
    assert "has one value in 99." in result["rare"].evidence
    assert "is missing in 98." in result["unstated"].evidence
    assert result["shop"].evidence.startswith("has 9")
    assert "levels in one row only" in result["shop"].evidence
