"""CatBoost's own files, `cbm` and JSON, and its models in memory, which are taken through its JSON.

It compares numbers in single precision, and a missing one goes one way at all splits of a feature: below all numbers
(AsFalse, AsIs) or above them (AsTrue). A category is asked for one level at a time (one-hot), and a level that no split
asks for goes where all others go. Statistics of categories have no place in trees, and are refused by the feature's
name.
"""

from __future__ import annotations

CBM = b"CBM1"
MARK, NOT = b'"features_info"', b'"gradient_booster"'  # of its JSON, and of XGBoost's


def is_catboost(content: bytes) -> bool:
    """Whether a file is CatBoost's, by its first bytes or its words."""
    return content.startswith(CBM) or (content[:1] == b"{" and MARK in content and NOT not in content)
