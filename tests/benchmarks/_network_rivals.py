"""What others make of the same network at the same shape: from scratch, torch.nn.utils.prune, Torch-Pruning, onnxsim.

Each gives a network of our anatomy, so that all are trained on and judged alike. Those that are no part of the project
are fetched into data/raw/rivals/; without a package registry they are left out.
"""

import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from riskmodel.networks import Network
from tests.benchmarks._tables import RAW

FOLDER = RAW / "rivals"
PACKAGES = ("torch-pruning==1.6.1", "onnxsim==0.8.1")


def fetch() -> None:
    """Once; what cannot be had is told by the import that fails."""
    if not FOLDER.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(FOLDER)]
        subprocess.run([*pip, *PACKAGES], check=False, capture_output=True)
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))


def by_torch_prune(network: Network, keep: float) -> Network:
    """torch.nn.utils.prune.ln_structured masks the rows of least L2 norm; its zero rows are then taken out."""
    import torch
    from torch.nn.utils import prune

    gone = []
    for weight in network.weights:
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data = torch.tensor(weight)
        prune.ln_structured(layer, "weight", amount=len(weight) - max(1, int(keep * len(weight))), n=2, dim=0)
        gone.append(np.flatnonzero(~layer.weight_mask.numpy().any(axis=1)).tolist())
    return network.without_neurons(gone)


def by_torch_pruning(network: Network, keep: float, inputs: NDArray, default: NDArray) -> Network:
    """Torch-Pruning's Taylor importance, per layer; of a plain network, the one kind that it can trace."""
    import torch
    import torch_pruning

    layers, scaled = [], torch.tensor((network.inputs(inputs) * network.scaling[0]).astype(np.float32))
    for weight, bias in zip(network.matrices, network.offsets, strict=True):
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
        layers += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    pruner = torch_pruning.MetaPruner(
        model, scaled[:2], importance=torch_pruning.importance.GroupTaylorImportance(), pruning_ratio=1 - keep,
        ignored_layers=[model[-1]],
    )  # fmt: skip
    target = torch.tensor(default.astype(np.float32))
    torch.nn.functional.binary_cross_entropy_with_logits(model(scaled)[:, 0], target).backward()
    pruner.step()
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    weights, offsets = ([getattr(layer, n).detach().numpy() for layer in linear] for n in ("weight", "bias"))
    return network.with_matrices(weights, offsets)


def by_onnxsim(network: Network, keep: float, inputs: NDArray) -> Network:
    """onnxsim's structured Wanda on the graph behind the embeddings."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxsim.pruning import apply_structured_wanda_pruning

    nodes, arrays, current, last = [], [], "x", len(network.weights)
    for i, (weight, offset) in enumerate(zip(network.matrices, network.offsets, strict=True)):
        arrays += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(offset, f"b{i}")]
        nodes.append(helper.make_node("Gemm", [current, f"w{i}", f"b{i}"], [f"z{i}"], transB=1))
        current = f"z{i}"
        if i < last:
            nodes.append(helper.make_node("Relu", [current], [f"a{i}"]))
            current = f"a{i}"
    shapes = [("x", network.weights[0].shape[1]), (current, 1)]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width]) for name, width in shapes]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    scaled = (network.inputs(inputs) * network.scaling[0]).astype(np.float32)
    cut: onnx.ModelProto = apply_structured_wanda_pruning(model, [{"x": scaled}], sparsity=1 - keep)
    left = {array.name: numpy_helper.to_array(array) for array in cut.graph.initializer}
    return network.with_matrices(*([left[f"{n}{i}"].copy() for i in range(last + 1)] for n in "wb"))


def masked_by_torch_prune(network: Network, keep: float) -> Network:
    """torch.nn.utils.prune.global_unstructured by L1: single weights, over all layers."""
    import torch
    from torch.nn.utils import prune

    layers = []
    for weight in network.matrices:
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data = torch.tensor(weight)
        layers.append(layer)
    prune.global_unstructured([(layer, "weight") for layer in layers], prune.L1Unstructured, amount=1 - keep)
    return network.with_matrices([layer.weight.detach().numpy().copy() for layer in layers])
