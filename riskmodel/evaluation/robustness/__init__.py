"""Evidence that a scorer depends on no fragile input, and on no slice of applicants."""
