"""Proposes a TOML for a table nobody has looked at."""
