"""What the pruners of rows share: how rows are recorded, judged on rows that did not fit, drawn, and left out."""
