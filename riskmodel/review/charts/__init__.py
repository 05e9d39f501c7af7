"""Charts of a report, drawn from its data alone."""
