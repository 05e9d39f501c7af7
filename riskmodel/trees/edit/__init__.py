"""Edits of trees that change no score, or build a new tree."""
