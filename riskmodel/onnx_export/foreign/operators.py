"""Which ONNX operators are read, and as what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WEIGHTS = frozenset({"Gemm", "MatMul"})
STRIP_WEIGHTS = frozenset({"Conv", "GRU", "LSTM"})
COPYING = frozenset({"Cast", "Concat", "Expand", "Gather", "Identity", "Slice", "Squeeze", "Transpose", "Unsqueeze"})
PASSING = frozenset({"Identity", "Dropout"})  # after the first weight they say nothing
AFFINE = frozenset({"Add", "Sub", "Mul", "Div"})  # with a constant
JOINS: Mapping[str, str] = MappingProxyType({"Add": "add", "Sub": "sub", "Mul": "mul"})  # of two values
PARAMETERS: Mapping[str, tuple[tuple[str, float], ...]] = (
    MappingProxyType(  # attributes, and what they are if not given
        {
            "Relu": (),
            "LeakyRelu": (("alpha", 0.01),),
            "Elu": (("alpha", 1.0),),
            "Selu": (("alpha", 1.67326319217681884765625), ("gamma", 1.05070102214813232421875)),
            "Sigmoid": (),
            "Tanh": (),
            "Erf": (),
            "Softplus": (),
        }
    )
)
TAIL = frozenset({"Identity", "Dropout", "Sigmoid", "Softmax", "Flatten", "Squeeze", "Reshape", "Cast"})
_BEFORE = (
    "Abs And Cast Ceil Clip Concat Constant ConstantOfShape Div Equal Exp Expand Floor Gather Greater GreaterOrEqual "
    "IsInf IsNaN Less LessOrEqual Log Max Min Neg Not OneHot Or Pow Reshape Round Shape Sign Slice Split Sqrt Squeeze "
    "Transpose Unsqueeze Where"
)
_PLACES = "AveragePool GlobalAveragePool GlobalMaxPool MaxPool Pad ReduceMax ReduceMean"
_BESIDE = "Binarizer Imputer Normalizer Scaler"
READ = frozenset(
    {
        *(
            ("", name)
            for name in (
                *_BEFORE.split(),
                *_PLACES.split(),
                *WEIGHTS,
                *STRIP_WEIGHTS,
                *PASSING,
                *AFFINE,
                *PARAMETERS,
                *TAIL,
            )
        ),
        *(("", name) for name in ("BatchNormalization", "Gelu")),
        *(("ai.onnx.ml", name) for name in _BESIDE.split()),
    }
)
