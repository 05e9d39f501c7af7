"""The OpenAPI document of a model: its own columns, as its rules take them."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from riskmodel.config import Scoring
from riskmodel.core import DECISIONS, Column, Kind
from riskmodel.serving.body import Limits

_TEXT = {"type": "string"}


def document(features: tuple[Column, ...], rules: Scoring, id_column: str | None, limits: Limits) -> dict[str, Any]:
    """OpenAPI 3.1 of all that is answered."""
    one = {"$ref": "#/components/schemas/Application"}
    many = {"type": "array", "items": one, "maxItems": limits.rows}
    answer = {"$ref": "#/components/schemas/Decision"}
    decide = {
        "summary": "The decision on one application, or on each of several",
        "parameters": [
            {"name": "counterfactuals", "in": "query", "schema": {"type": "boolean", "default": False}},
        ],
        "requestBody": {"required": True, "content": _json({"oneOf": [one, many]})},
        "responses": {
            "200": _said("One answer an application", {"oneOf": [answer, {"type": "array", "items": answer}]}),
            **{str(status): {"$ref": "#/components/responses/Problem"} for status in (400, 401, 408, 413, 415, 422)},
        },
    }
    problem = {"description": "RFC 9457", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "riskmodel", "version": version("riskmodel")},
        "paths": {"/decide": {"post": decide}},
        "components": {
            "schemas": {"Application": row(features, rules, id_column), "Decision": _decision()},
            "responses": {"Problem": problem},
        },
    }


def row(features: tuple[Column, ...], rules: Scoring, id_column: str | None) -> dict[str, Any]:
    """The JSON schema of one application."""
    columns = {feature.read_from: _column(feature, rules) for feature in features if not feature.source}
    columns = {feature.read_from: {"type": ["number", "null"]} for feature in features} | columns
    beside = {id_column: {"type": ["string", "number", "null"]}} if id_column else {}
    return {
        "type": "object",
        "properties": {**beside, **columns},
        "required": list(columns) if rules.missing_column == "refuse" else [],
        "additionalProperties": rules.extra_column == "ignore",
    }


def _column(feature: Column, rules: Scoring) -> dict[str, Any]:
    missing = ["null"] if feature.nullable or rules.missing_value == "accept" else []
    if feature.kind is Kind.CATEGORICAL:
        return {"type": ["string", "number", "boolean", *missing], "examples": list(feature.categories[:20])}
    strict = rules.out_of_range in ("refuse", "quarantine") and not feature.codes
    bounds = {"minimum": feature.low, "maximum": feature.high} if strict and feature.low is not None else {}
    return {"type": ["number", *missing], **bounds}


def _decision() -> dict[str, Any]:
    properties = {
        "id": {"type": ["string", "number", "boolean", "null"]},
        "pd": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "points": {"type": ["integer", "null"]},
        "grade": {"type": ["string", "null"]},
        "decision": {"enum": [*DECISIONS, None]},
        "reasons": {"type": "array", "items": _TEXT, "maxItems": 4},
        "model_sha256": _TEXT,
        "why": {"type": "array", "items": _TEXT},
    }
    value = {"type": ["string", "number", "null"]}
    turned = {"type": "object", "properties": {"column": _TEXT, "now": value, "value": value}}
    beside = {"counterfactuals": {"type": "array", "items": turned}}
    return {"type": "object", "properties": properties | beside, "required": list(properties)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _said(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": _json(schema)}
