"""Ten Keras networks as ONNX files, made in an environment of its own: `python _foreign_keras.py ROWS.npz FOLDER`.

`pip install tensorflow-cpu tf2onnx` there; it needs nothing of riskmodel. Beside each file lie its own PDs of test.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MONTHS, CHANNELS, BESIDE = 6, 3, 2
COLUMNS = MONTHS * CHANNELS + BESIDE
EPOCHS, BATCH = 8, 512


def networks() -> dict[str, Callable[[Any], Any]]:
    """From the layer of inputs to the one of PDs."""
    from keras import layers

    def dense(*widths: int, activation: str, norm: bool = False, dropout: float = 0.0) -> Callable[[Any], Any]:
        def made(value: Any) -> Any:
            for width in widths:
                value = layers.Dense(width, activation=None if norm else activation)(value)
                value = layers.Activation(activation)(layers.BatchNormalization()(value)) if norm else value
                value = layers.Dropout(dropout)(value) if dropout else value
            return layers.Dense(1, activation="sigmoid")(value)

        return made

    def residual(value: Any) -> Any:
        held = layers.Dense(48, activation="relu")(value)
        for _ in range(2):
            held = layers.Add()([held, layers.Dense(48, activation="relu")(held)])
        return layers.Dense(1, activation="sigmoid")(held)

    def two(value: Any) -> Any:
        held = layers.Dense(32, activation="selu")(layers.Dense(64, activation="selu")(value))
        return layers.Dense(2, activation="softmax")(layers.Concatenate()([held, value]))

    def months(layer: Callable[[], Any], pool: Callable[[], Any] | None = None) -> Callable[[Any], Any]:
        def made(value: Any) -> Any:
            strip = layers.Reshape((MONTHS, CHANNELS))(value[:, : MONTHS * CHANNELS])
            held = layer()(strip)
            held = held if pool is None else pool()(held)
            beside = layers.Concatenate()([held, value[:, MONTHS * CHANNELS :]])
            return layers.Dense(1, activation="sigmoid")(layers.Dense(24, activation="relu")(beside))

        return made

    return {
        "Dense 64, relu": dense(64, activation="relu"),
        "Dense 128-64, relu": dense(128, 64, activation="relu"),
        "Dense 64-64, elu, dropout": dense(64, 64, activation="elu", dropout=0.1),
        "Dense 64-64, relu, normalised": dense(64, 64, activation="relu", norm=True),
        "residual 48": residual,
        "wide and deep, softmax of two": two,
        "Conv1D, means": months(lambda: layers.Conv1D(24, 3, activation="relu"), layers.GlobalAveragePooling1D),
        "Conv1D, largest": months(lambda: layers.Conv1D(24, 3, activation="relu"), layers.GlobalMaxPooling1D),
        "GRU": months(lambda: layers.GRU(32)),
        "LSTM": months(lambda: layers.LSTM(32)),
    }


def main(rows: Path, folder: Path) -> None:
    import keras
    import numpy as np
    import tensorflow as tf
    import tf2onnx

    data = np.load(rows)
    keras.utils.set_random_seed(0)
    for i, (name, made) in enumerate(networks().items()):
        inputs = keras.Input((COLUMNS,), name="x")
        model = keras.Model(inputs, made(inputs))
        loss = "sparse_categorical_crossentropy" if model.output_shape[1] == 2 else "binary_crossentropy"
        model.compile("adam", loss)
        model.fit(data["train"], data["default"], batch_size=BATCH, epochs=EPOCHS, verbose=0)
        spec = (tf.TensorSpec((None, COLUMNS), tf.float32, name="x"),)
        call = tf.function(lambda x, model=model: model(x, training=False), input_signature=spec)
        tf2onnx.convert.from_function(call, spec, opset=17, output_path=str(folder / f"{i}.onnx"))
        np.savez(folder / f"{i}.npz", name=name, pd=model.predict(data["test"], verbose=0)[:, -1])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
