"""What pruners of features share."""
