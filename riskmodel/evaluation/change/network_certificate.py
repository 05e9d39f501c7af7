"""What can be shown of a pruned network beside the approved one, on rows that nobody used."""

from __future__ import annotations

from dataclasses import dataclass

from riskmodel.evaluation.change.fidelity import Fidelity


@dataclass(frozen=True)
class NetworkCertificate:
    """The evidence for one pruned network beside that of outcomes."""

    fidelity: Fidelity
    parity_error: float  # largest |PD of the written file by its runtime - our own|
    parity_tolerance: float
