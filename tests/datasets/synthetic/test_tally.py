import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from riskmodel.datasets import synthetic
from riskmodel.datasets.synthetic.tally import Tally


def test_streamed_figures_are_those_of_the_whole():
    tally = Tally()
    for batch in synthetic.batches(40_000, 5):
        tally = tally.add(batch)
    whole = synthetic.portfolio(40_000, 5).to_pandas()
    assert (tally.rows, tally.bads.sum()) == (40_000, whole["default"].sum())
    assert tally.bad_rate == whole["default"].mean()
    assert tally.mean_pd == pytest.approx(whole["true_pd"].mean(), rel=1e-12)
    assert tally.auc == pytest.approx(roc_auc_score(whole["default"], whole["true_pd"]), abs=5e-5)


def test_one_outcome_has_no_auc():
    batch = pa.RecordBatch.from_pydict({"true_pd": [0.1, 1.0], "default": [0, 0]})
    assert Tally().add(batch).auc is None
