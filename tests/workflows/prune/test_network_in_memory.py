"""A network in memory comes back as the class it was, smaller, and scores as it was cut; else it is one line."""

import copy

import numpy as np
import onnx
import pandas as pd
import pytest
from drawn_onnx import drawn_network, rows_for
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

import riskmodel
from riskmodel.errors import RiskModelError

pytest.importorskip("onnxruntime")
torch = pytest.importorskip("torch")
nn = torch.nn


def rows(count=1500, seed=0):
    matrix = np.random.default_rng(seed).normal(size=(count, 6))
    odds = 1.5 * np.tanh(matrix[:, 0]) + matrix[:, 1] * matrix[:, 2] - matrix[:, 3]
    return matrix, (np.random.default_rng(seed + 1).random(count) < expit(odds)).astype(int)


class Residual(nn.Module):
    """Everything that a forward may hold."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.third, self.last = (nn.Linear(*s) for s in ((6, 20), (20, 20), (26, 9), (9, 1)))
        self.norm, self.gelu = nn.BatchNorm1d(20), nn.GELU()
        self.register_buffer("centre", torch.full((6,), 0.25))

    def forward(self, x):
        x = (x - self.centre) / 2
        h = torch.relu(self.first(x))
        h = h + nn.functional.dropout(self.gelu(self.norm(self.second(h))), 0.1, self.training)
        h = nn.functional.silu(self.third(torch.cat([h, x], dim=1)))
        return torch.sigmoid(self.last(h)).squeeze(-1)


def trained(module, two=False):
    """A few steps, so that its neurons mean something and its statistics are none of the usual ones."""
    torch.manual_seed(0)
    matrix, bad = rows(seed=5)
    inputs, target = torch.tensor(matrix).float(), torch.tensor(bad)
    optimiser = torch.optim.Adam(module.parameters(), 0.01)
    for _ in range(60):
        output = module(inputs)
        if two:
            loss = nn.functional.cross_entropy(output, target)
        elif float(output.detach().min()) >= 0 and float(output.detach().max()) <= 1:
            loss = nn.functional.binary_cross_entropy(output.reshape(-1), target.float())
        else:
            loss = nn.functional.binary_cross_entropy_with_logits(output.reshape(-1), target.float())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return module.eval()


def sequential(*last):
    layers = (
        nn.Linear(6, 24, bias=False),
        nn.BatchNorm1d(24),
        nn.LeakyReLU(0.1),
        nn.Dropout(0.1),
        nn.Linear(24, 10),
        nn.ELU(),
    )
    return nn.Sequential(*layers, *last)


MODULES = {
    "log-odds": lambda: trained(sequential(nn.Linear(10, 1))),
    "PD": lambda: trained(sequential(nn.Linear(10, 1), nn.Sigmoid())),
    "two classes": lambda: trained(sequential(nn.Linear(10, 2)), two=True),
    "residual": lambda: trained(Residual()),
}


def scores(module, matrix):
    with torch.no_grad():
        return module(torch.tensor(matrix).float()).numpy().reshape(len(matrix), -1)[:, -1]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("method", ["neurons", "weights"])
def test_a_module_comes_back_smaller(name, method):
    module, (matrix, bad) = MODULES[name](), rows()
    before = copy.deepcopy(module.state_dict())
    small = riskmodel.prune_network(module, matrix, bad, keep=0.5, method=method)
    assert type(small) is type(module)
    assert all(torch.equal(before[key], value) for key, value in module.state_dict().items())
    counts = [sum(int((p != 0).sum()) for p in m.parameters()) for m in (module, small)]
    assert counts[1] < 0.8 * counts[0]
    fresh, outcome = rows(900, 8)
    aucs = [roc_auc_score(outcome, scores(m, fresh)) for m in (module, small)]
    assert aucs[1] > aucs[0] - 0.03
    small.train()(torch.tensor(matrix[:32]).float()).sum().backward()  # it can be trained on


def test_what_keeps_all_is_the_same():
    module, (matrix, bad) = MODULES["residual"](), rows()
    same = riskmodel.prune_network(module, matrix, bad, keep=1.0)
    np.testing.assert_array_equal(scores(same, matrix), scores(module, matrix))
    assert same is not module


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_a_classifier_comes_back_smaller(activation):
    matrix, bad = rows()
    labels = np.array(["good", "late"])[bad]
    frame = pd.DataFrame(matrix, columns=list("abcdef"))
    model = MLPClassifier((24, 10), activation=activation, max_iter=25, random_state=0).fit(frame, labels)
    small = riskmodel.prune_network(model, frame, labels, keep=0.5, criterion="fisher")
    assert type(small) is MLPClassifier
    assert [coef.shape for coef in small.coefs_] == [(6, 12), (12, 5), (5, 1)]
    assert small.get_params()["hidden_layer_sizes"] == (12, 5)
    assert [coef.shape for coef in model.coefs_] == [(6, 24), (24, 10), (10, 1)]
    fresh, outcome = rows(900, 8)
    fresh = pd.DataFrame(fresh, columns=list("abcdef"))
    aucs = [roc_auc_score(outcome, m.predict_proba(fresh)[:, 1]) for m in (model, small)]
    assert aucs[1] > aucs[0] - 0.03
    assert set(small.predict(fresh)) == {"good", "late"}
    small.partial_fit(frame, labels)


def test_an_onnx_model_comes_back_as_it_was_given():
    content = drawn_network(4, ending="sigmoid")
    model = onnx.load_from_string(content)
    columns = 5 if len(model.graph.input) == 2 else 4
    matrix, bad = rows_for(columns, 900), np.arange(900) % 3 == 0
    small = riskmodel.prune_network(model, matrix, bad, keep=0.6)
    assert isinstance(small, onnx.ModelProto)
    assert small.SerializeToString() == riskmodel.prune_network(content, matrix, bad, keep=0.6)


class Odd(nn.Module):
    def __init__(self, forward):
        super().__init__()
        self.a, self.b, self.last, self.odd = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(8, 1), forward
        self.conv = nn.Conv1d(1, 1, 1)

    def forward(self, x):
        return self.odd(self, x)


REFUSED = {
    "a layer used twice": (lambda m, x: m.last(m.b(m.b(m.a(x)))), "module 'b' is used twice"),
    "a convolution": (lambda m, x: m.last(m.conv(m.a(x)[:, None])[:, 0]), "export it to ONNX"),
    "a branch": (lambda m, x: m.last(m.a(x)) if x.sum() > 0 else m.last(m.b(m.a(x))), "cannot be traced"),
    "two outputs": (lambda m, x: (m.last(m.a(x)), x), "must give one output"),
    "eight outputs": (lambda m, x: m.a(x), "must end in one output, or two classes, however: 8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_module_that_is_not_read_is_one_line(name):
    forward, message = REFUSED[name]
    with pytest.raises(RiskModelError, match=message) as refused:
        riskmodel.prune_network(Odd(forward), *rows(), keep=0.5)
    assert "\n" not in str(refused.value)


def _with_hole(matrix):
    matrix = matrix.copy()
    matrix[3, 2] = np.nan
    return matrix


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": 1.5}, r"keep must be in \(0, 1\], however: 1.5"),
        ({"keep": 0.01}, "keep must leave a neuron of each of 2 layers"),
        ({"method": "trees"}, "method must be neurons or weights"),
        ({"X": rows()[0][:, :4]}, "node '_0' must be given 6 units, however: 4"),
        ({"X": _with_hole(rows()[0])}, "X must be rows x columns of finite numbers"),
        ({"y": rows()[1][:-1]}, "must be of one length"),
        ({"y": np.arange(1500)}, "y must have two classes, however: 1500"),
        ({"network": object()}, "a network must be a torch module, an MLPClassifier, or an ONNX model"),
        ({"network": MLPClassifier()}, "must be fitted"),
    ],
)
def test_bad_input_is_one_line(change, message):
    matrix, bad = rows()
    asked = {"network": sequential(nn.Linear(10, 1)).eval(), "X": matrix, "y": bad, "keep": 0.5, **change}
    with pytest.raises(RiskModelError, match=message) as refused:
        riskmodel.prune_network(asked.pop("network"), asked.pop("X"), asked.pop("y"), **asked)
    assert "\n" not in str(refused.value)


def test_a_module_with_nan_weights_is_refused():
    module = sequential(nn.Linear(10, 1))
    with torch.no_grad():
        module[4].weight[0, 0] = float("nan")
    with pytest.raises(RiskModelError, match="must have finite weights"):
        riskmodel.prune_network(module, *rows(), keep=0.5)
