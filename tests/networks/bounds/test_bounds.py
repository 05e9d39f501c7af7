"""No input within a box has a margin outside the bounds, and the bounds are not much wider than what inputs reach."""

import numpy as np
import pytest

from riskmodel.networks.bounds import BOUNDED, graph_range, is_bounded, network_range
from riskmodel.networks.bounds.lines import enclosing
from riskmodel.networks.graph import (
    ACTIVATIONS,
    Activation,
    Affine,
    Concatenation,
    Dense,
    Graph,
    GraphSource,
    Join,
    traced_graph,
)

PARAMETERS = {"LeakyRelu": (0.1,), "Clip": (-0.5, 0.7), "Elu": (1.3,), "Selu": (1.67, 1.05)}


@pytest.mark.parametrize("kind", BOUNDED)
def test_a_function_stays_within_its_line_and_error_and_touches_both_sides(kind):
    random = np.random.default_rng(1)
    low = random.normal(size=(200, 1)) * 2
    high = low + random.exponential(size=(200, 1)) * random.choice([1e-12, 0.01, 1, 4], size=(200, 1))
    parameters = PARAMETERS.get(kind, ())
    slope, offset, error = enclosing(kind, low, high, parameters)
    inside = low + np.linspace(0, 1, 401) * (high - low)
    off = ACTIVATIONS[kind].value(inside, *parameters) - slope * inside - offset
    assert (np.abs(off) <= error + 1e-15).all()
    assert (off.max(axis=1) >= 0.95 * error[:, 0] - 1e-9).all()
    assert (off.min(axis=1) <= -0.95 * error[:, 0] + 1e-9).all()


def graph_of_all(random: np.random.Generator, outputs: int) -> Graph:
    """Every kind of node, and a unit that comes to the output by two ways."""

    def dense(name: str, source: str, out: int, into: int) -> Dense:
        return Dense(name, source, random.normal(size=(out, into)) / np.sqrt(into), random.normal(size=out))

    nodes = (
        dense("a", "months", 6, 3),
        Affine("scaled", "a", random.normal(size=6), random.normal(size=6)),
        Activation("gate", "scaled", "Sigmoid"),
        Activation("value", "a", "Tanh"),
        Join("held", "mul", "gate", "value"),
        Join("less", "sub", "held", "a"),
        Join("more", "add", "less", "gate"),
        Concatenation("all", ("more", "beside")),
        dense("b", "all", 5, 8),
        Activation("bent", "b", "Relu"),
        dense("out", "bent", outputs, 5),
    )
    return Graph((GraphSource("months", 3), GraphSource("beside", 2)), nodes, "out")


@pytest.mark.parametrize("outputs", [1, 2])
def test_no_margin_of_a_graph_leaves_its_range_which_is_narrow_in_a_narrow_box(outputs):
    random = np.random.default_rng(outputs)
    graph = graph_of_all(random, outputs)
    assert is_bounded(graph)
    rows = random.normal(size=(140, 5))
    columns = {"months": np.array([0, 3, -1]), "beside": np.array([1, 0])}  # a number that goes to both
    for reach in (0.01, 0.3):
        half = reach * random.exponential(size=rows.shape)
        half[:, 2], half[:, 4] = 0, half[:, 0]
        half[::7] = 0

        def given(t, half=half):
            inside = rows + half * t[:, [0, 3, 2, 1, 0]]
            return {"months": inside[:, :3], "beside": inside[:, 3:]}

        low, high = graph_range(graph, given(-np.ones((140, 4))), given(np.ones((140, 4))), columns)
        margins = np.array(
            [traced_graph(graph, given(np.sign(random.normal(size=(140, 4))))).margin for _ in range(40)]
            + [traced_graph(graph, given(random.uniform(-1, 1, (140, 4)))).margin for _ in range(40)]
        )
        assert (margins >= low - 1e-9).all()
        assert (margins <= high + 1e-9).all()
        np.testing.assert_allclose(low[::7], high[::7], atol=1e-9)
        if reach < 0.1:
            assert np.median((high - low) / np.maximum(np.ptp(margins, axis=0), 1e-6)) < 1.2


def test_a_node_that_is_not_known_is_not_bounded():
    graph = Graph((GraphSource("x", 1),), (Activation("out", "x", "Gelu", (0.0,)),), "out")
    assert not is_bounded(graph)


@pytest.mark.parametrize("kind", ["neural", "mlp"])
def test_no_margin_of_a_neural_scorer_leaves_its_range(kind, fitted, fresh):
    scorer, random = fitted(kind), np.random.default_rng(3)
    encoded = scorer.encoded(fresh.matrix)[:200]
    numbers = np.arange(encoded.shape[1]) < len(scorer.encoding.numeric)
    for reach, slack in ((0.02, 1.6), (0.5, np.inf)):
        half = (reach * numbers).astype(np.float32)
        low, high = network_range(scorer.network, encoded - half, encoded + half)
        inside = [encoded + half * np.sign(random.normal(size=encoded.shape)).astype(np.float32) for _ in range(60)]
        inside += [encoded + half * random.uniform(-1, 1, encoded.shape).astype(np.float32) for _ in range(30)]
        margins = np.array([scorer.network.margin(rows) for rows in inside])
        assert (margins >= low - 1e-4).all()
        assert (margins <= high + 1e-4).all()
        assert np.median((high - low) / np.ptp(margins, axis=0)) < slack
