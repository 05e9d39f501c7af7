"""Functions and slopes against torch and its automatic derivatives; at a kink the slope is that of the lower side."""

import numpy as np
import pytest

from riskmodel.networks.graph.activations import ACTIVATIONS

torch = pytest.importorskip("torch")
F = torch.nn.functional
X = np.concatenate([np.linspace(-6, 6, 101), [-40.0, 40.0, 1e-3, -1e-3]])
X = X[X != 0]

TORCH = {  # ours with its parameters, and torch's
    "Relu": ((), F.relu),
    "LeakyRelu": ((0.2,), lambda x: F.leaky_relu(x, 0.2)),
    "Elu": ((1.3,), lambda x: F.elu(x, 1.3)),
    "Selu": ((1.6732632423543772, 1.0507009873554805), F.selu),
    "Sigmoid": ((), torch.sigmoid),
    "Tanh": ((), torch.tanh),
    "Erf": ((), torch.erf),
    "Softplus": ((), F.softplus),
    "Clip": ((-0.5, 2.0), lambda x: torch.clamp(x, -0.5, 2.0)),
}
GELU = {0.0: "none", 1.0: "tanh"}


def case(kind, parameters, theirs):
    return pytest.param(kind, parameters, theirs, id=f"{kind}{parameters}")


CASES = [case(kind, *how) for kind, how in TORCH.items()]
CASES += [case("Gelu", (ours,), lambda x, a=name: F.gelu(x, approximate=a)) for ours, name in GELU.items()]


@pytest.mark.parametrize(("kind", "parameters", "theirs"), CASES)
def test_values_and_slopes_are_those_of_torch(kind, parameters, theirs):
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    y = theirs(x)
    y.sum().backward()
    tolerance = {"rtol": 1e-9, "atol": 1e-8 if kind == "Softplus" else 1e-12}  # torch's softplus is linear above 20
    np.testing.assert_allclose(ACTIVATIONS[kind].value(X, *parameters), y.detach().numpy(), **tolerance)
    np.testing.assert_allclose(ACTIVATIONS[kind].slope(X, *parameters) * 1.0, x.grad.numpy(), **tolerance)


@pytest.mark.parametrize(("kind", "parameters", "slope"), [("Relu", (), 0.0), ("LeakyRelu", (0.2,), 0.2)])
def test_at_a_kink_the_slope_is_that_of_the_lower_side(kind, parameters, slope):
    assert ACTIVATIONS[kind].slope(np.zeros(1), *parameters).tolist() == [slope]


def test_far_out_nothing_overflows():
    with np.errstate(over="raise", invalid="raise"):
        for kind, (parameters, _) in TORCH.items():
            for x in (np.array([-1e4]), np.array([1e4])):
                assert np.isfinite(ACTIVATIONS[kind].value(x, *parameters)).all()
                assert np.isfinite(ACTIVATIONS[kind].slope(x, *parameters)).all()
