"""A plan names no row: who has all ids can look one up, who has not cannot try them one by one."""

from dataclasses import replace

import numpy as np
from samples import drawn

from riskmodel.pruning.algorithms.rows.hashes import row_hashes


def test_a_hash_is_of_the_id_and_of_all_ids_together():
    train = replace(drawn(40, 1), ids=np.array([f"loan-{i}" for i in range(40)], object))
    hashes = row_hashes(train)
    assert len(set(hashes)) == 40
    assert hashes == row_hashes(train)
    assert all("loan" not in one for one in hashes)
    other = train.ids.copy()
    other[7] = "loan-99"
    assert not set(hashes) & set(row_hashes(replace(train, ids=other)))  # one id changed: no hash is the same


def test_rows_without_an_id_are_named_by_their_place():
    train = drawn(30, 1)
    assert row_hashes(train) == row_hashes(replace(train, ids=train.rows))
