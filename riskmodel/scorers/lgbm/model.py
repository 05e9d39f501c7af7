"""LightGBM's text and trees, held together."""

from __future__ import annotations

import lightgbm

from riskmodel.scorers.base.booster_model import BoosterModel
from riskmodel.scorers.lgbm import as_written, reader, writer
from riskmodel.scorers.lgbm.reader import TextFrame
from riskmodel.trees import TreeEnsemble


class LgbmModel(BoosterModel[TextFrame]):
    """A model text (v4) in UTF-8."""

    forbidden = r'[\s",:\[\]{}]'

    @staticmethod
    def _read(content: bytes) -> tuple[TreeEnsemble, TextFrame]:
        return reader.read(content.decode())

    @staticmethod
    def _write(ensemble: TreeEnsemble, frame: TextFrame) -> bytes:
        return writer.write(ensemble, frame).encode()

    @staticmethod
    def _as_written(ensemble: TreeEnsemble, frame: TextFrame) -> tuple[TreeEnsemble, TextFrame]:
        return as_written.as_written(ensemble), frame

    @staticmethod
    def _load(content: bytes) -> lightgbm.Booster:
        return lightgbm.Booster(model_str=content.decode())
