"""Statistics that several rooms share: intervals, proportions, corrections for many tests, binning."""
