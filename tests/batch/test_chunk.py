"""A chunk: PDs are the scorer's own, grades and decisions follow from the policy alone."""

import numpy as np
import pyarrow as pa
import pytest
from samples import FEATURES, drawn

from riskmodel.batch.chunk import score_chunk
from riskmodel.core import Policy
from riskmodel.errors import DataError

POLICY = Policy(cutoff=0.4, refer_from=0.3, grade_edges=(0.1, 0.2, 0.5))


def applications(sample):
    """A sample as it would come: categories as text, missing as null."""
    columns = {}
    for i, column in enumerate(FEATURES):
        values = sample.matrix[:, i]
        if column.categories:
            columns[column.name] = pa.array([column.categories[int(code)] for code in values])
        else:
            columns[column.name] = pa.array(values, mask=np.isnan(values))
    return pa.RecordBatch.from_pydict(columns)


def test_pds_are_the_scorers_own(fitted, fresh):
    scorer = fitted("lgbm")
    scored = score_chunk(scorer, POLICY, "ab", applications(fresh), pa.array(range(len(fresh))))
    assert scored.column("id").to_pylist() == list(range(len(fresh)))
    np.testing.assert_array_equal(scored.column("pd").to_numpy(), scorer.score(fresh))
    assert set(scored.column("model_sha256").to_pylist()) == {"ab"}


class Given:
    """A scorer that gives the PDs it was made with."""

    features = (FEATURES[0],)

    def __init__(self, *pds):
        self.pds = np.array(pds)

    def pd(self, matrix):
        assert matrix.shape == (len(self.pds), 1)
        return self.pds


def test_a_pd_on_an_edge_belongs_above_it():
    pds = (0.05, 0.1, 0.2999, 0.3, 0.3999, 0.4, 0.9)
    rows = pa.RecordBatch.from_pydict({"income": pa.array([1.0] * len(pds))})
    scored = score_chunk(Given(*pds), POLICY, "x", rows, pa.array(range(len(pds)))).to_pydict()
    assert "".join(scored["grade"]) == "ABCCCCD"
    assert scored["decision"] == ["approve"] * 3 + ["refer"] * 2 + ["decline"] * 2


def test_a_missing_column_or_text_for_a_number_is_told(fitted):
    rows = applications(drawn(5, 0))
    ids = pa.array(range(5))
    with pytest.raises(DataError, match="income"):
        score_chunk(fitted("lgbm"), POLICY, "x", rows.drop_columns(["income"]), ids)
    wrong = rows.set_column(0, "income", pa.array(["a lot"] * 5))
    with pytest.raises(DataError, match="income"):
        score_chunk(fitted("lgbm"), POLICY, "x", wrong, ids)
