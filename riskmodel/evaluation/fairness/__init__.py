"""Evidence on how groups of applicants fare."""
