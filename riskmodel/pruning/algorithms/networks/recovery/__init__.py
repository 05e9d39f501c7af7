"""What brings a cut network back: compensation and a new head in closed form; training by the scorer itself."""

from riskmodel.pruning.algorithms.networks.recovery.compensate import (
    Compensation,
    affine_fit,
    as_they_are,
    compensated,
    refitted,
)
from riskmodel.pruning.algorithms.networks.recovery.head import refitted_head
from riskmodel.pruning.algorithms.networks.recovery.teach import GraphTeaching, Teaching, graph_teaching, teaching

__all__ = [
    "Compensation",
    "GraphTeaching",
    "Teaching",
    "affine_fit",
    "as_they_are",
    "compensated",
    "graph_teaching",
    "refitted",
    "refitted_head",
    "teaching",
]
