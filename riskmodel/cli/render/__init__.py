"""What commands print: tables and lines for a person, made from the data that a workflow returns."""
