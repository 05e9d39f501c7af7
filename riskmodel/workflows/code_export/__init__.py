"""Hands a saved model to where no Python runs, as SQL or C, and holds it against `score` before it is written."""

from riskmodel.workflows.code_export.exporting import CodeForm, CodeOptions, export_code, in_words

__all__ = ["CodeForm", "CodeOptions", "export_code", "in_words"]
