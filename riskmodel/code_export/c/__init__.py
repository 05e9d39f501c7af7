"""A decision as one C99 header.

words         rules and texts in C
raw_values    from raw values to features, and what sets a row aside
byte_columns  the questions of rules as bytes
blocks        many rows at a time
template      the text around what a model says
header        all of it
"""

from riskmodel.code_export.c.header import c_header

__all__ = ["c_header"]
