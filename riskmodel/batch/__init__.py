"""Scoring a book: the chunk is pure, the engine around it reads, writes and counts."""

from riskmodel.batch.local import score

__all__ = ["score"]
