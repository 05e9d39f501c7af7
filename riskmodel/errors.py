"""One family of errors: each is a user's mistake, told in one line; anything else is our bug."""


class RiskModelError(Exception):
    """What is wrong, where, and what is allowed, in one line; the command line exits with 1."""


class ConfigError(RiskModelError):
    """A run's TOML asks for something unknown or impossible."""


class DataError(RiskModelError):
    """A table cannot be used as it is."""


class BundleError(RiskModelError):
    """A saved scorer is damaged, foreign or of another format."""


class UnsupportedScorer(RiskModelError):
    """A scorer lacks the anatomy that a step works on."""


class PlanMismatch(RiskModelError):
    """A plan was written for another scorer."""


class TestIsSealed(RiskModelError):
    """The test sample was asked for before a choice was written, or a second time."""
