"""What pruners of networks share."""
