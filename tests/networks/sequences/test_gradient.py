"""The gradient of a network of months against torch's own, masks and what stands beside the months among its inputs."""

import numpy as np
import pytest
import torch

from riskmodel.networks.sequences import sequence_gradient
from riskmodel.scorers._sequence.module import SequenceModule


@pytest.mark.parametrize("kind", ["gru", "conv"])
def test_the_gradient_is_torchs(kind, fitted, fresh):
    scorer = fitted(kind)
    encoded = scorer.encoded(fresh.matrix)[:600] + np.float32(1e-3)  # values of train are where lines break
    given = torch.tensor(encoded, requires_grad=True)
    SequenceModule(scorer.sequence_network, 0.0)(given).sum().backward()
    np.testing.assert_allclose(sequence_gradient(scorer.sequence_network, encoded), given.grad.numpy(), atol=2e-5)


def test_a_month_without_columns_passes_no_gradient_on(fitted, development, fresh):
    scorer = fitted("gru").refit(development, development.train.features[:1] + development.train.features[2:])
    assert (scorer.sequence_network.months == -1).any()
    encoded = scorer.encoded(fresh.columns(scorer.features))[:5]
    slopes = sequence_gradient(scorer.sequence_network, encoded)
    assert slopes.shape == encoded.shape
    assert np.isfinite(slopes).all()
