"""What applications without outcome, and a certificate, say of faults that a sample does not show."""

from __future__ import annotations

from riskmodel.core import Sample, Scorer
from riskmodel.evaluation.change.rare_faults import NOTHING, Beyond


def beyond(applications: Sample | None, challenger: Scorer, champion: Scorer, fall: float = 1.0) -> Beyond:
    """The PDs of both for these applications, and by how much of the goods a bad falls at most on average."""
    if applications is None:
        return Beyond(NOTHING.challenger, NOTHING.champion, fall)
    return Beyond(challenger.score(applications), champion.score(applications), fall)
