"""Evidence that a scorer ranks bads above goods."""
