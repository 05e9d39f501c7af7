"""Scores applications with a saved model."""
