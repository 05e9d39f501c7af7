"""Prunes a model that somebody else trained."""
