"""One family of errors: each is a user's mistake, told in one line; anything else is our bug.

No message names a password: what stands before the host of an address, and what is called a secret in it, is left out.
"""

from __future__ import annotations

import re

LONGEST = 1_920  # characters of a message: a screen of 24 lines of 80
EXCERPT = 200  # characters of another's words in a message
_ENDLESS = re.compile(r"(?P<head>\S{100})\S{200,}(?P<tail>\S{100})")  # a value that no one reads; paths are shorter
_USER = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^\s'\"]*@")
_SECRET = re.compile(
    r"(?P<name>[?&;](?:[\w-]*(?:pass(?:word)?|pwd|secret|token|key|sig(?:nature)?)|odbc_connect)=)[^&;\s\"']+",
    re.IGNORECASE,
)


def without_credentials(text: str) -> str:
    """The same text, addresses without the user, password and tokens that they bear."""
    return _SECRET.sub(r"\g<name>***", _USER.sub(r"\g<scheme>***@", text))


def in_one_line(text: str) -> str:
    """The same without credentials, line ends and control characters, and not longer than a screen takes."""
    line = " ".join(without_credentials(text).split())
    line = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in line)
    line = _ENDLESS.sub(r"\g<head>…\g<tail>", line)
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"


def cause(error: BaseException) -> str:
    """What a library raised, to quote behind our own words: its class and at most 200 characters of what it says."""
    return in_one_line(repr(error))[:EXCERPT]


class RiskModelError(Exception):
    """What is wrong, where, and what is allowed, in one line; the command line exits with 1."""

    def __init__(self, message: object = "") -> None:
        super().__init__(in_one_line(str(message)))


class ConfigError(RiskModelError):
    """A run's TOML asks for something unknown or impossible."""


class DataError(RiskModelError):
    """A table cannot be used as it is."""


class BundleError(RiskModelError):
    """A saved scorer is damaged, foreign or of another format."""


class UnsupportedScorer(RiskModelError):
    """A scorer lacks the anatomy that a step works on."""


class TooManyReasons(UnsupportedScorer):
    """Code with the reasons of this scorer would be too long; without them it can be written."""


class PlanMismatch(RiskModelError):
    """A plan was written for another scorer."""


class TestIsSealed(RiskModelError):
    """The test sample was asked for before a choice was written, or a second time."""
