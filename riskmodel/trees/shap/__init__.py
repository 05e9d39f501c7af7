"""Exact SHAP values of trees, compiled."""
