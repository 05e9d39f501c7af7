"""What pruners share that train a smaller scorer on a larger one's PDs."""
