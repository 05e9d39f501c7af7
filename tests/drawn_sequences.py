"""ONNX networks of convolutions, pools and recurrent cells, hand-made node by node; 24 numbers a row."""

from __future__ import annotations

import numpy as np
from drawn_onnx import Sketch
from onnx import helper

COLUMNS, MONTHS, CHANNELS = 24, 6, 4


class SequenceSketch(Sketch):
    """`x` is rows x 24, and rows x 4 x 6 within."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed, COLUMNS)

    def whole(self, *numbers: int) -> str:
        return self.array(np.array(numbers, np.int64))

    def strip(self) -> str:
        """Rows x channels x months."""
        scaled = self.add("Mul", "x", self.normal(COLUMNS))
        return self.add("Reshape", scaled, self.whole(-1, CHANNELS, MONTHS))

    def conv(self, value: str, inputs: int, outputs: int, span: int = 3, **attributes) -> str:
        return self.add("Conv", value, self.normal(outputs, inputs, span), self.normal(outputs), **attributes)

    def recurrent(self, kind: str, value: str, inputs: int, units: int, ways: int = 1, **attributes) -> list[str]:
        gates = 4 if kind == "LSTM" else 3
        given = [self.normal(ways, gates * units, inputs), self.normal(ways, gates * units, units)]
        given.append(self.normal(ways, 2 * gates * units))
        outputs = [f"v{len(self.nodes)}", f"last{len(self.nodes)}"]
        options = {"linear_before_reset": 1} if kind == "GRU" else {}
        options |= {"direction": "bidirectional" if ways == 2 else "forward", **attributes}
        node = helper.make_node(kind, [value, *given], outputs, outputs[0], hidden_size=units, **options)
        self.nodes.append(node)
        return outputs

    def scored(self, value: str, inputs: int) -> bytes:
        return self.finished(self.add("Sigmoid", self.gemm(value, inputs, 1)))


def convolutions(seed: int = 0, **attributes) -> bytes:
    """Padded convolutions with a normalisation, a residual, a pool and a flattening."""
    sketch = SequenceSketch(seed)
    first = sketch.conv(sketch.strip(), CHANNELS, 8, pads=[1, 1], **attributes)
    held = sketch.activation(sketch.normalisation(first, 8), "Relu")
    beside = sketch.activation(sketch.conv(held, 8, 8, auto_pad="SAME_LOWER"), "Tanh")
    pooled = sketch.add("MaxPool", sketch.add("Add", held, beside), kernel_shape=[2], strides=[2])
    last = sketch.activation(sketch.conv(pooled, 8, 5, span=2, dilations=[2]), "LeakyRelu")
    return sketch.scored(sketch.add("Flatten", last), 5)


def averages(seed: int = 0) -> bytes:
    """A scale and an offset of each channel that cannot be folded, then means over all months and over some."""
    sketch = SequenceSketch(seed)
    held = sketch.activation(sketch.conv(sketch.strip(), CHANNELS, 6), "Relu")
    shifted = sketch.add("Mul", sketch.add("Add", held, sketch.normal(6, 1)), sketch.array(np.float32(0.7)))
    some = sketch.add("GlobalAveragePool", sketch.add("AveragePool", shifted, kernel_shape=[2]))
    both = sketch.add("Concat", shifted, sketch.activation(sketch.conv(shifted, 6, 3, span=1), "Elu"), axis=1)
    most = sketch.add("ReduceMax", both, sketch.whole(2), keepdims=0)
    joined = sketch.add("Concat", sketch.add("Squeeze", some, sketch.whole(2)), most, axis=1)
    return sketch.scored(joined, 15)


def recurrences(kind: str, ways: int = 1, seed: int = 0) -> bytes:
    """Two recurrent layers, of which the second has its last month looked up; beside it the first one's end."""
    sketch = SequenceSketch(seed)
    months = sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1])
    every, last = sketch.recurrent(kind, months, CHANNELS, 6, ways)
    turned = sketch.add("Transpose", every, perm=[0, 2, 1, 3])
    flat = sketch.add("Reshape", turned, sketch.whole(MONTHS, -1, 6 * ways))
    again, _ = sketch.recurrent(kind, flat, 6 * ways, 5, direction="reverse")
    rows = sketch.add("Transpose", sketch.add("Squeeze", again, sketch.whole(1)), perm=[1, 0, 2])
    end = sketch.add("Gather", rows, sketch.array(np.array(0)), axis=1)
    first = sketch.add("Squeeze", sketch.add("Slice", last, sketch.whole(0), sketch.whole(1)), sketch.whole(0))
    return sketch.scored(sketch.add("Concat", end, first, "x", axis=1), 11 + COLUMNS)


def last_month(seed: int = 0) -> bytes:
    """Of a layer both ways the last month alone is read: what the way back makes of the others leads nowhere."""
    sketch = SequenceSketch(seed)
    every, _ = sketch.recurrent("LSTM", sketch.add("Transpose", sketch.strip(), perm=[2, 0, 1]), CHANNELS, 6, 2)
    flat = sketch.add("Reshape", sketch.add("Transpose", every, perm=[0, 2, 1, 3]), sketch.whole(MONTHS, -1, 12))
    rows = sketch.add("Transpose", flat, perm=[1, 0, 2])
    return sketch.scored(sketch.add("Gather", rows, sketch.array(np.array(-1)), axis=1), 12)


def each_month(seed: int = 0) -> bytes:
    """One matrix on every month, as a dense layer over time is."""
    sketch = SequenceSketch(seed)
    months = sketch.add("Transpose", sketch.strip(), perm=[0, 2, 1])
    made = sketch.add("Add", sketch.add("MatMul", months, sketch.normal(CHANNELS, 7)), sketch.normal(7))
    made = sketch.activation(made, "Silu")
    return sketch.scored(sketch.add("ReduceMean", made, sketch.whole(1), keepdims=0), 7)


DRAWN = {
    "convolutions": convolutions,
    "averages": averages,
    "GRU": lambda seed=0: recurrences("GRU", seed=seed),
    "GRU, both ways": lambda seed=0: recurrences("GRU", 2, seed),
    "LSTM": lambda seed=0: recurrences("LSTM", seed=seed),
    "LSTM, both ways": lambda seed=0: recurrences("LSTM", 2, seed),
    "LSTM, both ways, the last month": last_month,
    "each month": each_month,
}
