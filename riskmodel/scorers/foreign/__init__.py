"""Models that somebody else trained: opened from their file or taken from memory, with the library's own answer."""
