"""What each page says, as data that JSON holds: of a run, of one change, of one pruned model."""
