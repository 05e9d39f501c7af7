"""Figures of one scorer on one sample, each with its interval."""
