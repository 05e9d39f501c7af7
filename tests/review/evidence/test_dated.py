"""Dated rows: default rates over the periods, and obligors between two dates, as a slow version has them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from riskmodel.review.dossier import assess
from riskmodel.review.evidence.subject import Earlier


def entry(dossier, test, whom):
    return next(e for e in dossier.plain()["evidence"] if (e["id"], e["whom"]) == (test, whom))


def test_a_review_of_dated_rows_tells_the_long_run_and_who_migrated(subject, limits):
    now, then = subject(rows=1100, harm=False), subject(rows=700, seed=5, harm=False)
    period = np.array([f"2024-Q{1 + i % 4}" for i in range(1100)])
    obligor = np.arange(1100) // 2 % 400
    earlier = Earlier(*then.sides, then.default, obligor=np.arange(700))
    dossier = assess(replace(now, period=period, obligor=obligor, earlier=earlier), limits)
    for whom in ("champion", "challenger"):
        part = entry(dossier, "calibration.long_run", whom)
        last = part["tables"][0]["rows"][-1]
        by_quarter = pd.Series(now.default).groupby(period).mean()
        assert (last[0], last[1]) == ("mean of the periods", 1100)
        np.testing.assert_allclose(last[3], by_quarter.mean())
        sides = getattr(then, whom).pd, getattr(now, whom).pd
        frame = pd.DataFrame({
            "obligor": [*range(700), *obligor],
            "when": ["0"] * 700 + [f"1{p}" for p in period],
            "grade": np.searchsorted(now.grade_edges, np.concatenate(sides), side="right"),
        }).drop_duplicates(["obligor", "when"]).sort_values("when", kind="stable")  # fmt: skip
        ends = frame.groupby("obligor").agg(n=("when", "size"), first=("grade", "first"), last=("grade", "last"))
        wanted = pd.crosstab(ends[ends.n > 1]["first"], ends[ends.n > 1]["last"])
        wanted = wanted.reindex(index=range(5), columns=range(5), fill_value=0).to_numpy()
        counts = np.array(entry(dossier, "stability.bandwidth", whom)["tables"][-1]["rows"])[:, 1:]
        assert counts.tolist() == wanted.tolist()
        assert counts.sum() == 400


def test_without_dates_or_obligors_both_say_what_is_missing(subject, limits):
    dossier = assess(subject(rows=900, harm=False), limits)
    assert "time names the column" in entry(dossier, "calibration.long_run", "champion")["reason"]
    assert "two periods" in entry(dossier, "stability.migration_order", "challenger")["reason"]
