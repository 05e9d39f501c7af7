"""Which rows have which job, so that no figure is judged on the rows that produced it.

    keys     reads each row's outcome, when it was decided, and which rows are one borrower's
    chance   deals rows to samples at random, stratified by the outcome, a borrower as a whole
    periods  cuts them by date: development first, then selection, then test
    drawing  chooses between the two, and tells which part of tune recalibrates
    record   writes a draw down, and uses it again
    cut      takes the samples out of the table, and seals the test one

A draw is tied to positions: the same table and seed give the same rows, and no sample depends on how a table is sorted,
since dates cut by value and all else is shuffled. The same rows in another order are another draw, but for what dates
decide; a draw that was written down with an id is found again in any order.
"""

from riskmodel.datasets.split.cut import split
from riskmodel.datasets.split.drawing import draw, latest, way
from riskmodel.datasets.split.keys import Days, RowKeys, borrowers, dates, row_keys, weights
from riskmodel.datasets.split.record import recorded, replayed
from riskmodel.datasets.split.rows import NAMES, Positions, Rows, require_both

__all__ = [
    "NAMES",
    "Days",
    "Positions",
    "RowKeys",
    "Rows",
    "borrowers",
    "dates",
    "draw",
    "latest",
    "recorded",
    "replayed",
    "require_both",
    "row_keys",
    "split",
    "way",
    "weights",
]
