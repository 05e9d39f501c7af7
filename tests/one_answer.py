"""One application, asked in every way: batch, MLflow's pyfunc, `decide`, JSON over the service, the native library."""

import asyncio
import json

import numpy as np
import pyarrow as pa

from riskmodel import scorers
from riskmodel.batch import Chunk, Predictor
from riskmodel.datasets import encode
from riskmodel.serving import DecisionModel
from riskmodel.serving.app import Service
from riskmodel.serving.slot import Slot

REASONS = [f"reason_{i}" for i in range(1, 5)]
AT_ONCE = 500


def ways(saved, table):
    """Of each way the PDs, and what they lead to: grade, decision, reasons, points; the library knows no reasons."""
    model, records = DecisionModel.from_bundle(saved), table.to_pylist()
    [batch] = table.combine_chunks().to_batches()
    scored = Chunk.from_bundle(saved)(batch, pa.array(range(table.num_rows))).rows.to_pylist()
    frame = Predictor(Chunk.from_bundle(saved), saved.lineage.get("id")).predict(table.to_pandas())
    frame = frame.astype(object).where(frame.notna(), None)
    data = {
        "batch": [_of_row(row) for row in scored],
        "pyfunc": [_of_row(row) for row in frame.to_dict("records")],
        "decide": [_of_answer(json.loads(json.dumps(model.decide(record).as_json))) for record in records],
        "served": [_of_answer(answer) for answer in _served(model, records)],
    }
    scorer = scorers.unpacked(saved)
    margins = scorer.calibration(scorer.native_margin(encode.matrix(batch, scorer.features)))
    native = [(pd, saved.policy.grade(pd), saved.policy.decision(pd)) for pd in (1 / (1 + np.exp(-margins))).tolist()]
    return data, native


def _of_row(row):
    return row["pd"], (
        row["grade"],
        row["decision"],
        tuple(row[r] for r in REASONS if row[r] is not None),
        row["points"],
    )


def _of_answer(answer):
    return answer["pd"], (answer["grade"], answer["decision"], tuple(answer["reasons"]), answer["points"])


def _served(model, records):
    app = Service(Slot(model)).app
    for first in range(0, len(records), AT_ONCE):
        yield from json.loads(asyncio.run(_posted(app, json.dumps(records[first : first + AT_ONCE]).encode())))


async def _posted(app, body):
    sent = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/decide", "raw_path": b"/decide", "query_string": b"",
             "headers": [(b"content-type", b"application/json")]}  # fmt: skip
    await app(scope, receive, send)
    return b"".join(message.get("body", b"") for message in sent)
