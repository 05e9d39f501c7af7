"""What pruners of trees share."""
