"""XGBoost's document and trees, held together."""

from __future__ import annotations

import xgboost

from riskmodel.scorers.base.booster_model import BoosterModel
from riskmodel.scorers.xgb import as_written, reader, writer
from riskmodel.scorers.xgb.reader import DocumentFrame
from riskmodel.trees import TreeEnsemble


class XgbModel(BoosterModel[DocumentFrame]):
    """A model document, JSON or UBJSON as given, JSON as written."""

    forbidden = r"[\[\]<]"

    @staticmethod
    def _read(content: bytes) -> tuple[TreeEnsemble, DocumentFrame]:
        return reader.read(content)

    @staticmethod
    def _write(ensemble: TreeEnsemble, frame: DocumentFrame) -> bytes:
        return writer.write(ensemble, frame)

    @staticmethod
    def _as_written(ensemble: TreeEnsemble, frame: DocumentFrame) -> tuple[TreeEnsemble, DocumentFrame]:
        return as_written.as_written(ensemble, frame)

    @staticmethod
    def _load(content: bytes) -> xgboost.Booster:
        booster = xgboost.Booster()
        booster.load_model(bytearray(content))
        return booster
