"""How a form lies in memory: its tables, and how many rows and numbers a kernel takes at once."""

from __future__ import annotations

ENTRY = "riskmodel_kernel"  # the function in a kept file of machine code
LANES = 256  # rows of a block
WIDE = 32  # numbers that are looked up at once: four registers each of numbers, places and edges

# The tables of a form, in this order, and what each row of them holds.
(
    FEATURES,  # place in the matrix, first edge, halvings, first byte, columns
    TREES,  # first split, the one after the last, first value, kind, lane
    STEPS,  # splits of the largest tree of a group
    EDGES,
    VALUES,
    COLUMNS,  # where the bytes are that a split asks for
    WALKED,  # column, mask, limit, left, right
    SPLITS,  # mask, limit, the first leaf below, the first one on the right
    SIDE_COLUMNS,
    SIDE_ASKS,
    TABLE,  # bytes by column and slot
    N_COLUMNS,  # no table, but a number
) = range(12)
PLAIN, MASKED, LARGE = 0, 1, 2  # kinds of trees
