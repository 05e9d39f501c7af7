"""What several kinds of scorers share."""
